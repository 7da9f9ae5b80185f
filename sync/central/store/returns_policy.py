"""The returns policies that were published: the one in force, and the one that was at an instant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.domain.clock import to_text
from app.domain.policy import Policy, read_policy
from sync.central.store.tables import policy


def returns_policy(conn: Connection) -> Policy | None:
    """The policy published last; None before the first."""
    return _read(conn.execute(_last).one_or_none())


def returns_policy_at(conn: Connection, at: datetime) -> Policy | None:
    """The policy in force at an instant; the first one for an instant before it, None before any."""
    row = conn.execute(_last_by, {"at": to_text(at)}).one_or_none()
    return _read(row if row is not None else conn.execute(_first).one_or_none())


def _read(row: Any) -> Policy | None:
    # The reader keeps the last few it read.
    return None if row is None else read_policy(row.source, f"policy {row.version}")


_every = select(policy.c.version, policy.c.source)
_last = _every.order_by(policy.c.id.desc()).limit(1)
_first = _every.order_by(policy.c.id).limit(1)
_last_by = _every.where(policy.c.published_at <= bindparam("at")).order_by(policy.c.id.desc()).limit(1)
