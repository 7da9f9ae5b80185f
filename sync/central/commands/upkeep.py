"""What only the passing of time makes due: one table of chores, each looked for and done by itself."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from app.domain.clock import to_text
from sync.central.commands import aging, baskets, personal, replacing, return_exits
from sync.central.store import disposals, late_work, photos, security_notes
from sync.central.store.act import Act
from sync.central.store.exceptions import Case, close_cases, open_case
from sync.central.store.failures import DATABASE_FAILED, quiet
from sync.central.store.savepoint import savepoint
from sync.central.store.tables import exception

_log = logging.getLogger(__name__)


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
    Chore("security", security_notes.any_over, lambda act: security_notes.let_go(act.conn, act.posted_at)),
    Chore("erasures", personal.any_unsaid, personal.say_again),
    Chore("work", late_work.any_late, lambda act: late_work.note_late(act.conn, act.posted_at)),
)


def is_due(conn: Connection, now: datetime) -> bool:
    """Whether `upkeep` would do anything; only reads. A chore that cannot be asked is due: doing it tells."""
    return any(_due(chore, conn, now) for chore in CHORES)


def upkeep(act: Act) -> Counter[str]:
    """Does every chore that is due; how many things of each it did.

    Doing one late or twice changes nothing but when it is done. One that fails is undone, keeps none of the
    others from being done, and opens one case; it is tried again with the next tick.
    """
    return Counter({chore.name: done for chore in CHORES if (done := _done(chore, act)) is not None})


def case_key(chore: str) -> str:
    """The key of the exception that answers for a chore that fails."""
    return f"upkeep.failed:{chore}"


def _due(chore: Chore, conn: Connection, now: datetime) -> bool:
    try:
        with quiet(), savepoint(conn):
            return chore.due(conn, now)
    except DATABASE_FAILED:
        raise
    except Exception:  # noqa: BLE001 - doing it says it
        return True


def _done(chore: Chore, act: Act) -> int | None:
    try:
        with quiet(), savepoint(act.conn):
            if not chore.due(act.conn, act.posted_at):
                return None
            done = chore.do(act)
    except DATABASE_FAILED:
        raise
    except Exception:  # noqa: BLE001 - whatever it was, the other chores are due all the same
        _failed(chore, act)
        return None
    close_cases(act.conn, [case_key(chore.name)], act.posted_at, "It was done.")
    return done


def _failed(chore: Chore, act: Act) -> None:
    """Says it once: while its case is open, neither log nor case is written anew with each tick."""
    key = case_key(chore.name)
    if act.conn.scalar(_open, {"key": key}) is not None:
        return
    _log.exception("the chore %s failed and will be tried again", chore.name)
    case = Case(
        key=key,
        type="upkeep.failed",
        subject=f"upkeep:{chore.name}",
        owner_role="admin",
        fix=f"What time makes due of {chore.name} cannot be done: a fault of this program, or of what is "
        "stored. The centre's log has it once; send it to whoever looks after the program. Everything else "
        "goes on, and this is tried again every few seconds.",
    )
    open_case(act.conn, case, act.posted_at)


_open = select(exception.c.id).where(exception.c.key == bindparam("key"), exception.c.state == "open")
