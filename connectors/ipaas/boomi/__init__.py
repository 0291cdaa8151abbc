"""Boomi: outcomes that flows push, signed or with a token."""

from connectors.ipaas.push import pushed_only

CONNECTOR = pushed_only("boomi", "Boomi")
