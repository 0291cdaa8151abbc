"""Cases, their trail, and all that decides about them."""

from exceptions.models.case import CLOSED, OPEN, SEVERITIES, ExceptionCase
from exceptions.models.company import Company
from exceptions.models.decision import (
    ACCEPT_REASONS,
    Acceptance,
    Attachment,
    BulkJob,
    OwnChange,
    Proposal,
    SavedView,
)
from exceptions.models.invitation import Invitation
from exceptions.models.period import OpeningItem, Period, PeriodItem, PeriodSignature
from exceptions.models.rule import (
    AcceptanceLimit,
    ApprovalBand,
    OwnershipRule,
    SeverityThreshold,
    SlaPolicy,
    Suppression,
)
from exceptions.models.team import (
    ROLES,
    TEAMS,
    Calendar,
    Cover,
    EscalationStep,
    Holiday,
    Membership,
    RoleGrant,
    Team,
)
from exceptions.models.token import SCOPES, ApiToken
from exceptions.models.trail import SealedEntry, TrailEntry, TrailSeal

__all__ = [
    "ACCEPT_REASONS",
    "CLOSED",
    "OPEN",
    "ROLES",
    "SCOPES",
    "SEVERITIES",
    "TEAMS",
    "Acceptance",
    "AcceptanceLimit",
    "ApiToken",
    "ApprovalBand",
    "Attachment",
    "BulkJob",
    "Calendar",
    "Company",
    "Cover",
    "EscalationStep",
    "ExceptionCase",
    "Holiday",
    "Invitation",
    "Membership",
    "OpeningItem",
    "OwnChange",
    "OwnershipRule",
    "Period",
    "PeriodItem",
    "PeriodSignature",
    "Proposal",
    "RoleGrant",
    "SavedView",
    "SealedEntry",
    "SeverityThreshold",
    "SlaPolicy",
    "Suppression",
    "Team",
    "TrailEntry",
    "TrailSeal",
]
