"""The columns that every check returns."""

COLUMNS = [
    *("subject", "leg", "record", "other", "return_record", "group_key", "shard", "sku", "amount", "currency"),
    *("age_from", "ripe_at", "expires_at", "title", "systems", "evidence", "suggestions"),
]
