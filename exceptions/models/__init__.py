"""Cases and their trail; tokens of programs."""

from exceptions.models.case import CLOSED, OPEN, SEVERITIES, ExceptionCase, TrailEntry
from exceptions.models.token import SCOPES, ApiToken

__all__ = ["CLOSED", "OPEN", "SCOPES", "SEVERITIES", "ApiToken", "ExceptionCase", "TrailEntry"]
