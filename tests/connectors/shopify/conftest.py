"""The shop, connected."""

from tests.connectors.shopify.shop import shops

__all__ = ["shops"]
