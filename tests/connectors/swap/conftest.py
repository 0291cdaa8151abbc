"""The store, connected."""

from tests.connectors.swap.store import stores

__all__ = ["stores"]
