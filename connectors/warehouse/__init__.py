"""Warehouses: one folder for each vendor."""
