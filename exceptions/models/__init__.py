"""Cases and their trail."""

from exceptions.models.case import CLOSED, OPEN, SEVERITIES, ExceptionCase, TrailEntry

__all__ = ["CLOSED", "OPEN", "SEVERITIES", "ExceptionCase", "TrailEntry"]
