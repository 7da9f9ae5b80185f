"""The units under a label: where they stand now, and what put them there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from app.domain.account import Account
from app.domain.event import EventKind
from sync.central.rules.discards import DISPOSES
from sync.central.store import undoing
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.tables import account, balance, event, move
from sync.central.store.undoing import NOT_UNDONE, Standing

MOST_STEPS = 50
"""A unit is graded again, and decided about again, some times; a circle of events ends here."""
# What an event says of the one before it, whose unit it is about.
_BEFORE = ("regrades", "accepts")


def standing(conn: Connection, label: str) -> list[tuple[Account, int]]:
    """The accounts inside the building that hold units under a label, with how many."""
    return [(account_of(parts), int(qty)) for qty, *parts in conn.execute(_standing, {"label": label})]


def put_there(conn: Connection, held: Account, kinds: Collection[str]) -> Standing | None:
    """The newest event of some kinds that put units into an account and was not taken back."""
    asked = {"kinds": sorted(map(str, kinds)), "key": held.label}
    for row in conn.execute(_came, asked):
        if account_of(row[1:]) == held:
            return undoing.standing(conn, row.event_id)
    return None


def first_of(conn: Connection, found: Standing) -> Standing:
    """The event by which a bench recorded the unit first, before it was graded or decided about again."""
    for _ in range(MOST_STEPS):
        before = named_before(found.body)
        earlier = undoing.standing(conn, before) if before else None
        if earlier is None:
            return found
        found = earlier
    return found


def before(conn: Connection, found: Standing) -> Standing | None:
    """What was said of the unit before: the event that is named, or what put it where it was taken from."""
    named = named_before(found.body)
    if named:
        return undoing.standing(conn, named)
    if found.kind == EventKind.RETURN_DISPOSITIONED or not found.moves:
        return None
    held = found.moves[0].source
    return put_there(conn, held, DISPOSES) if held.label else None


def named_before(body: Mapping[str, Any]) -> str | None:
    """The event that an event says its unit was recorded by before."""
    overrides = body.get("overrides")
    named = [body.get(name) for name in _BEFORE]
    named.append(overrides.get("event") if isinstance(overrides, dict) else None)
    return next((one for one in named if isinstance(one, str) and one), None)


# The partial index is only used for a condition written out.
_LABELLED = text("account.label <> ''")
_standing = (
    select(balance.c.qty, *ACCOUNT_COLUMNS)
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(account.c.label == bindparam("label"), _LABELLED)
    .where(balance.c.qty != 0, account.c.location.not_like("@%"))
    .order_by(account.c.id)
)
_came = (
    select(event.c.event_id, *ACCOUNT_COLUMNS)
    .join_from(account, move, move.c.target == account.c.id)
    .join(event, event.c.id == move.c.event)
    .where(
        account.c.label == bindparam("key"),
        _LABELLED,
        event.c.kind.in_(bindparam("kinds", expanding=True)),
        NOT_UNDONE,
    )
    .order_by(event.c.id.desc())
)
