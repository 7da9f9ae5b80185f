"""Publishing allocation policies: read whole first, put in force at once, never changed afterwards."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated, Any

from pydantic import StringConstraints
from sqlalchemy import Connection, bindparam, insert, select

from app.domain.clock import to_text
from app.domain.refusal import Refused
from sync.central.commands.documents import require_storable
from sync.central.commands.shapes import Asked, shown
from sync.central.rules.allocation_policy import LONGEST, NEUTRAL, read_allocation_policy
from sync.central.rules.outcomes import Conflict, missing
from sync.central.store.act import Act
from sync.central.store.allocation_policy import digest_of
from sync.central.store.backorders import settle
from sync.central.store.ranking import rescore
from sync.central.store.tables import allocation_policy, order_line


class NewAllocationPolicy(Asked):
    """An allocation policy as TOML text."""

    model_config = shown(source='kind = "allocation"\nversion = "2027.1"\n[priority]\nbase = 100\n')

    source: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]


def publish(act: Act, source: str) -> dict[str, object]:
    """Puts a policy in force once it was read whole; sending the same text again changes nothing.

    Raises:
        Refused: the policy has a mistake.
        Conflict: its version was published before with another text.
    """
    require_storable(source)
    found = read_allocation_policy(source, "policy")
    if found.version == NEUTRAL.version:
        raise Refused(
            "policy.version",
            f"Read the version {found.version!r}, which names what holds where no policy was published.",
            "Expected a version of the policy's own.",
            "Give the policy another version.",
        )
    stored = act.conn.scalar(_source, {"version": found.version})
    if stored is not None and stored != source:
        raise Conflict(
            "policy.version",
            f"Read allocation policy {found.version}, which was published with another text.",
            "Expected a version that is new.",
            "Give the changed policy its own version.",
        )
    if stored is None:
        act.conn.execute(
            _new,
            {
                "version": found.version,
                "source": source,
                "digest": digest_of(source),
                "published_at": to_text(act.posted_at),
                "published_by": act.operator,
            },
        )
        rescore(act, None, anew=True)
        settle_waiting_lines(act)
    # An older version that is sent again is not put back in force: decisions name the version they used.
    return {"version": found.version, "in_force": act.conn.scalar(_current_version)}


def settle_waiting_lines(act: Act) -> None:
    """What is kept for channels, for safety or for later may have changed, and with it what may be given."""
    waiting: defaultdict[str, list[str]] = defaultdict(list)
    for row in act.conn.execute(_waiting):
        waiting[row.owner].append(row.sku)
    for owner, skus in waiting.items():
        for start in range(0, len(skus), _AT_ONCE):
            settle(act, owner, skus[start : start + _AT_ONCE])


def has_any(conn: Connection) -> bool:
    """True once any allocation policy was published."""
    return conn.scalar(_current_version) is not None


def current(conn: Connection) -> dict[str, object]:
    """The policy in force with its text.

    Raises:
        Missing: none was ever published.
    """
    row = conn.execute(_current).one_or_none()
    if row is None:
        raise missing("allocation_policy", "current")
    return {**_listed(row), "source": row.source}


def versions(conn: Connection) -> dict[str, object]:
    """Every version that was published, the one in force first."""
    return {"policies": [_listed(row) for row in conn.execute(_versions)]}


def _listed(row: Any) -> dict[str, object]:
    return {"version": row.version, "published_at": row.published_at, "published_by": row.published_by}


_AT_ONCE = 500
_waiting = (
    select(order_line.c.owner, order_line.c.sku)
    .distinct()
    .where(
        order_line.c.sku.is_not(None),
        order_line.c.qty > order_line.c.reserved + order_line.c.shipped + order_line.c.cancelled,
    )
    .order_by(order_line.c.owner, order_line.c.sku)
)
_new = insert(allocation_policy)
_newest_first = allocation_policy.c.id.desc()
_source = select(allocation_policy.c.source).where(allocation_policy.c.version == bindparam("version"))
_current = select(allocation_policy).order_by(_newest_first).limit(1)
_current_version = select(allocation_policy.c.version).order_by(_newest_first).limit(1)
_versions = select(
    allocation_policy.c.version, allocation_policy.c.published_at, allocation_policy.c.published_by
).order_by(_newest_first)
