"""Wiring: settings, addresses, engines, processes. Nothing of the domain imports it."""
