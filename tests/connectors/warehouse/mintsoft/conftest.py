"""The account, connected."""

from tests.connectors.warehouse.mintsoft.account import accounts

__all__ = ["accounts"]
