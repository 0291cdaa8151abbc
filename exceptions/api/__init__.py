"""The public API, `/api/v1` (docs/api.md): records in, exceptions out, by bearer token."""
