from tests.configuration.conftest import admin  # noqa: F401
