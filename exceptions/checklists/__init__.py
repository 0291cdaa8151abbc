"""Checklists: their rounds, the questions that the system answers, and their page."""
