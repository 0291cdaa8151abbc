"""Ledgers of enterprise systems: one folder for each vendor."""
