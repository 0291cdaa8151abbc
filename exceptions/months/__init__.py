"""Month-end beyond the signatures: the statement and what stands behind it, opening balances, and packs."""
