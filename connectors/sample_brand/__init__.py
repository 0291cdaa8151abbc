"""Harbour & Pine: a brand of our own, for the demo and for tests; deterministic, and with known disagreements."""

from connectors.sample_brand.brand import SampleBrand, sample_brand

__all__ = ["SampleBrand", "sample_brand"]
