"""The site, connected."""

from tests.connectors.sparklayer.site import sites

__all__ = ["sites"]
