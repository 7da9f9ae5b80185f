"""What only the passing of time makes due: one table of chores, each looked for and done by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.domain.clock import to_text
from sync.central.commands import aging, baskets, personal, replacing, return_exits
from sync.central.store import disposals, late_work, photos
from sync.central.store.act import Act


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that time makes due: whether there is any of it (only reads), and doing it (how many)."""

    name: str
    due: Callable[[Connection, datetime], bool]
    do: Callable[[Act], int]


CHORES = (
    # Baskets first: what they give back is there for whoever waits.
    Chore("baskets", lambda conn, now: baskets.any_due(conn, to_text(now)), baskets.expire_due),
    Chore("returns", return_exits.any_overdue, return_exits.expire_overdue),
    Chore("replacements", lambda conn, now: bool(replacing.due(conn, to_text(now))), replacing.be_late),
    Chore("items", aging.any_changed, aging.settle_changed),
    Chore("disposals", lambda conn, now: disposals.any_due(conn, to_text(now)), disposals.remind),
    Chore("photos", photos.late, photos.look_for_late),
    Chore("personal", personal.any_overdue, personal.purge),
    Chore("work", late_work.any_late, lambda act: late_work.note_late(act.conn, act.posted_at)),
)


def is_due(conn: Connection, now: datetime) -> bool:
    """Whether `upkeep` would do anything; only reads."""
    return any(chore.due(conn, now) for chore in CHORES)


def upkeep(act: Act) -> Counter[str]:
    """Does every chore that is due; how many things of each it did.

    Doing one late or twice changes nothing but when it is done.
    """
    now = act.posted_at
    return Counter({chore.name: chore.do(act) for chore in CHORES if chore.due(act.conn, now)})
