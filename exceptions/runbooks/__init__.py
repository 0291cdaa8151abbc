"""Runbooks: whose words they speak, their steps, and which of these are ticked."""
