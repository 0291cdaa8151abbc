"""The settings: what is configured, on pages with errors at the field, previews and a history."""
