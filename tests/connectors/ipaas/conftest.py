"""The platforms, connected."""

from tests.connectors.ipaas.platforms import celigos, workatos

__all__ = ["celigos", "workatos"]
