"""The merchant, connected."""

from tests.connectors.warehouse.shipbob.merchant import merchants

__all__ = ["merchants"]
