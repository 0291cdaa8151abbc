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
from exceptions.models.news import (
    FLAVOURS,
    SORTS,
    THEMES,
    Digest,
    Message,
    Notification,
    Outgoing,
    Preferences,
    ToldEntry,
)
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
    "FLAVOURS",
    "OPEN",
    "ROLES",
    "SCOPES",
    "SEVERITIES",
    "SORTS",
    "TEAMS",
    "THEMES",
    "Acceptance",
    "AcceptanceLimit",
    "ApiToken",
    "ApprovalBand",
    "Attachment",
    "BulkJob",
    "Calendar",
    "Company",
    "Cover",
    "Digest",
    "EscalationStep",
    "ExceptionCase",
    "Holiday",
    "Invitation",
    "Membership",
    "Message",
    "Notification",
    "OpeningItem",
    "Outgoing",
    "OwnChange",
    "OwnershipRule",
    "Period",
    "PeriodItem",
    "PeriodSignature",
    "Preferences",
    "Proposal",
    "RoleGrant",
    "SavedView",
    "SealedEntry",
    "SeverityThreshold",
    "SlaPolicy",
    "Suppression",
    "Team",
    "ToldEntry",
    "TrailEntry",
    "TrailSeal",
]
