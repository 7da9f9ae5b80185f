"""The returns policies that were published: the one in force, and the one that was at an instant."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.domain.policy import Policy, read_policy
from sync.central.store.tables import policy


def returns_policy(conn: Connection) -> Policy | None:
    """The policy published last; None before the first."""
    return _read(conn.execute(_last).one_or_none())


def policy_of_version(conn: Connection, version: str) -> Policy | None:
    """The policy of that version; None when none was published under it."""
    return _read(conn.execute(_versioned, {"version": version}).one_or_none())


def returns_policies_at(conn: Connection, instants: Collection[str]) -> dict[str, Policy]:
    """The policy in force at each instant (as stored); the first one for an instant before it.

    Empty before any was published.
    """
    known = conn.execute(_known).all()
    if not known:
        return {}
    wanted = {
        at: next((row.id for row in known if row.published_at <= at), known[-1].id) for at in set(instants)
    }
    found = {row.id: _read(row) for row in conn.execute(_of_ids, {"ids": sorted(set(wanted.values()))})}
    return {at: policy for at, which in wanted.items() if (policy := found[which]) is not None}


def _read(row: Any) -> Policy | None:
    # The reader keeps the last few it read.
    return None if row is None else read_policy(row.source, f"policy {row.version}")


_every = select(policy.c.id, policy.c.version, policy.c.source)
_last = _every.order_by(policy.c.id.desc()).limit(1)
_versioned = _every.where(policy.c.version == bindparam("version"))
_known = select(policy.c.id, policy.c.published_at).order_by(policy.c.id.desc())
_of_ids = _every.where(policy.c.id.in_(bindparam("ids", expanding=True)))
