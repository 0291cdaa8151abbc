"""The two embedded engines: where each keeps its files, how it is prepared, started, asked and stopped."""

from reconciliation.project.engines.engine import Engine, EngineFailed, die_with_parent
from reconciliation.project.engines.postgres import DATABASE, OWNER, ROLE, Postgres
from reconciliation.project.engines.redis import Redis

__all__ = ["DATABASE", "OWNER", "ROLE", "Engine", "EngineFailed", "Postgres", "Redis", "die_with_parent"]
