"""The allocation policy in force, read once by each process and never stale.

Every look asks the database which text is in force; only its reading is kept, under the text's digest, so
that a policy of a transaction that was rolled back, or of another database, is never mistaken for it.
"""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from sync.central.rules.allocation_policy import NEUTRAL, AllocationPolicy, read_allocation_policy
from sync.central.rules.outcomes import missing
from sync.central.store.prepared import asking
from sync.central.store.tables import allocation_policy

_MOST_KEPT = 32
_kept: dict[str, AllocationPolicy] = {}


def digest_of(source: str) -> str:
    """The digest under which a policy's text is known."""
    return hashlib.sha256(source.encode()).hexdigest()


def policy_in_force(conn: Connection) -> AllocationPolicy:
    """The policy published last; the neutral one where none ever was."""
    row = _last.first(conn)
    return NEUTRAL if row is None else _read(conn, row)


def policy_of_digest(conn: Connection, digest: str | None) -> AllocationPolicy:
    """The policy of a digest that was read in this transaction; None stands for none published."""
    if digest is None:
        return NEUTRAL
    return _kept.get(digest) or policy_in_force(conn)


def policy_of_version(conn: Connection, version: str) -> AllocationPolicy:
    """A policy that was published, in force or not; the neutral one by its own version.

    Raises:
        Missing: none of that version was published.
    """
    if version == NEUTRAL.version:
        return NEUTRAL
    row = _of_version.first(conn, version=version)
    if row is None:
        raise missing("allocation_policy", version)
    return _read(conn, row)


def _read(conn: Connection, row: Any) -> AllocationPolicy:
    kept = _kept.get(row.digest)
    if kept is None:
        source = _source.rows(conn, id=row.id)[0].source
        kept = read_allocation_policy(source, f"allocation policy {row.version}")
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[row.digest] = kept
    return kept


# For a look that reads something else anyhow: the digest of the policy in force.
DIGEST_IN_FORCE = (
    select(allocation_policy.c.digest).order_by(allocation_policy.c.id.desc()).limit(1).scalar_subquery()
)
_which: Select[Any] = select(allocation_policy.c.id, allocation_policy.c.version, allocation_policy.c.digest)
_last = asking(lambda _: _which.order_by(allocation_policy.c.id.desc()).limit(1))
_of_version = asking(lambda _: _which.where(allocation_policy.c.version == bindparam("version")))
_source = asking(
    lambda _: select(allocation_policy.c.source).where(allocation_policy.c.id == bindparam("id"))
)
