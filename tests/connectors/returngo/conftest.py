"""The portal, connected."""

from tests.connectors.returngo.portal import portals

__all__ = ["portals"]
