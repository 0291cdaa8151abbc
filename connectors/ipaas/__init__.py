"""Integration platforms: what they say happened to each record on its way."""
