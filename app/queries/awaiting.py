"""Units that were discarded at this station and wait for somebody's word to be written off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from app.domain.account import KEY_PARTS, Account, Status
from app.domain.event import EventKind
from app.ledger import site_stock
from app.ledger.tables import account, balance
from app.queries import history
from app.queries.history import Recorded

AWAITING = "awaiting_write_off"
"""Why such units stand in quarantine."""
_GRADING = (EventKind.RETURN_DISPOSITIONED, EventKind.RETURN_REGRADED, EventKind.UNIT_REDECIDED)


@dataclass(frozen=True, slots=True)
class Awaiting:
    """Units of one account, the event that asked, and all that happened under their label, oldest first."""

    account: Account
    qty: int
    cause: Recorded
    story: tuple[Recorded, ...]

    @property
    def queried(self) -> Recorded | None:
        """The last time a supervisor asked about it, since it was asked for."""
        found = [entry for entry in self.story if entry.event.kind == EventKind.WRITE_OFF_QUERIED]
        later = [entry for entry in found if entry.seq > self.cause.seq]
        return later[-1] if later else None


def awaiting(connection: Connection, whole: bool) -> tuple[Awaiting, ...]:
    """Every request of this station that nobody decided, the one that waits longest first.

    Args:
        connection: of the station's record.
        whole: whether the station knows all of the centre's stock at its site: what was decided or moved
            elsewhere waits here no more.
    """
    held = list(_held(connection))
    if whole:
        here = {place: site_stock.at(connection, place) for place in {h.location for h, _ in held}}
        held = [(h, min(qty, here[h.location].get(h, 0))) for h, qty in held]
    found = [asked for h, qty in held if qty > 0 and (asked := _asked(connection, h, qty)) is not None]
    return tuple(sorted(found, key=lambda asked: asked.cause.seq))


def _held(connection: Connection) -> Iterator[tuple[Account, int]]:
    parts = [account.c[name] for name in KEY_PARTS]
    rows = connection.execute(
        select(balance.c.qty, *parts)
        .join(account, account.c.id == balance.c.account_id)
        .where(
            balance.c.qty > 0,
            account.c.label != "",
            account.c.status == Status.QUARANTINED.value,
            account.c.reason == AWAITING,
        )
    )
    for row in rows:
        yield Account.from_key(dict(zip(KEY_PARTS, row[1:], strict=True))), int(row[0])


def _asked(connection: Connection, held: Account, qty: int) -> Awaiting | None:
    """None for units whose request was turned down, and for those that no grading here put there."""
    story = history.timeline(connection, f"label:{held.label}")
    causes = [
        entry
        for entry in story
        if entry.event.kind in _GRADING and not entry.undone and entry.event.body.get("label") == held.label
    ]
    if not causes:
        return None
    cause = causes[-1]
    if any(entry.event.kind == EventKind.WRITE_OFF_REJECTED and entry.seq > cause.seq for entry in story):
        return None
    return Awaiting(held, qty, cause, story)
