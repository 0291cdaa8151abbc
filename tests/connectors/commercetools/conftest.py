"""The project, connected."""

from tests.connectors.commercetools.project import projects

__all__ = ["projects"]
