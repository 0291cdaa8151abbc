"""The organisation, connected."""

from tests.connectors.erp.xero.organisation import organisations

__all__ = ["organisations"]
