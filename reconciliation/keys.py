"""Keys of records, versions and contents: derived from what they name, so that no order of arrival shows in them."""

from functools import lru_cache
from hashlib import sha256
from uuid import UUID

LATELY = 4_096  # keys that are asked for again while a batch is read


@lru_cache(LATELY)
def record_key(type: str, system: str, id: str) -> UUID:
    """The key of the record `id` of `type` in `system`; the SQL function of the same name computes the same."""
    return _first_half("\x1f".join((type, system, id)).encode())


@lru_cache(LATELY)
def derived_key(record: UUID, digest: bytes) -> UUID:
    """The key of a version or a content of `record`, told apart by its SHA-256 `digest`."""
    return _first_half(record.bytes + digest)


def _first_half(text: bytes) -> UUID:
    return UUID(bytes=sha256(text).digest()[:16])
