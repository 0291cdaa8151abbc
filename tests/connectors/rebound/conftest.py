"""The account, connected."""

from tests.connectors.rebound.account import accounts

__all__ = ["accounts"]
