"""The cache of this test process alone; cache.clear() would empty that of all processes, and their tasks with it."""

from django.core.cache import cache


def forget():
    """Forgets what this process put into the cache, such as counts of tries."""
    redis = cache._cache.get_client()
    for key in redis.scan_iter(match=f"{cache.key_prefix}:*"):
        redis.delete(key)
