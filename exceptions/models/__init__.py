"""Cases, their trail, and all that decides about them."""

from exceptions.models.case import CLOSED, OPEN, SEVERITIES, ExceptionCase
from exceptions.models.checklist import (
    ANSWERS,
    ITEM_SORTS,
    RHYTHMS,
    Checklist,
    ChecklistItem,
    ChecklistRound,
    RoundItem,
)
from exceptions.models.company import Company
from exceptions.models.decision import (
    ACCEPT_REASONS,
    Acceptance,
    Attachment,
    BulkJob,
    ChangePreview,
    OwnChange,
    Proposal,
    SavedView,
)
from exceptions.models.expectation import Expectation
from exceptions.models.handbook import HandbookIssue, RunbookVersion, StepTick, SystemOwner
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
from exceptions.models.writeback import WriteBack

__all__ = [
    "ACCEPT_REASONS",
    "ANSWERS",
    "CLOSED",
    "FLAVOURS",
    "ITEM_SORTS",
    "OPEN",
    "RHYTHMS",
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
    "ChangePreview",
    "Checklist",
    "ChecklistItem",
    "ChecklistRound",
    "Company",
    "Cover",
    "Digest",
    "EscalationStep",
    "ExceptionCase",
    "Expectation",
    "HandbookIssue",
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
    "RoundItem",
    "RunbookVersion",
    "SavedView",
    "SealedEntry",
    "SeverityThreshold",
    "SlaPolicy",
    "StepTick",
    "Suppression",
    "SystemOwner",
    "Team",
    "ToldEntry",
    "TrailEntry",
    "TrailSeal",
    "WriteBack",
]
