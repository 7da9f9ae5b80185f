"""What others hold of the audit trail, against this centre's own lists: one case where they differ.

A station says with each question which checkpoint it holds, and people may carry checkpoints in files. Only
one of the generation that this centre is in is held against it: a centre that was put back may lack what an
earlier one vouched for, and stations report that themselves, for a person who knows whether it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from app.domain.merkle import Tree, root
from sync.central.store.exceptions import Case, open_case, stored_key
from sync.central.store.feed import position
from sync.central.store.prepared import asking
from sync.central.store.tables import exception
from sync.central.store.trail import Stored, TreeName
from sync.central.store.trail_reports import case_key
from sync.wire.trail import Holding

CARRIED = "carried"
"""Stands in the place of a station for a checkpoint that no station of this centre kept."""


@dataclass(frozen=True, slots=True)
class Differing:
    """A checkpoint that this centre's lists contradict: who holds it, its number, and how.

    `proven` when it was seen, signed; what a station says with a question is its word alone.
    """

    holder: str
    number: int
    why: str
    proven: bool = False


def difference(conn: Connection, held: Holding) -> str:
    """How this centre's lists contradict a checkpoint; empty when they contain exactly what it vouches for.

    Empty too for one of an earlier generation, and where nothing is held.
    """
    gen = position(conn)[0]
    if not held.number or held.gen < gen:
        return ""
    if held.gen > gen:
        return f"it is of generation {held.gen}, and this centre is in generation {gen}"
    for name, words, tree in (
        (TreeName.FEED, "the feed", held.feed),
        (TreeName.RECEIPTS, "what was received", held.receipts),
    ):
        stored = Stored(conn, name, tree.size)
        if stored.size < tree.size:
            return f"{words} was {tree.size} long and is {stored.size}"
        if Tree(tree.size, root(tree.size, stored)) != tree:
            return f"the first {tree.size} of {words} are not those that it vouches for"
    return ""


def is_open_or_answered(conn: Connection, holder: str) -> bool:
    """Whether there is a case about that holder, also one that somebody closed.

    A station says what it holds every few minutes: what a person has answered is not asked anew. What it
    finds later, it reports itself.
    """
    return bool(_case.rows(conn, key=stored_key(case_key(holder))))


def open_difference(conn: Connection, found: Differing, at: datetime) -> None:
    """Opens the one case about that holder; the same that its own report opens."""
    case = Case(
        key=case_key(found.holder),
        type="trail.differs",
        subject="centre:trail" if found.holder == CARRIED else f"station:{found.holder}",
        owner_role="admin",
        fix=_fix(found),
    )
    open_case(conn, case, at)


def _fix(found: Differing) -> str:
    restored = "nobody restored a back-up beside backhaul central restore"
    if not found.proven:
        return (
            f"Station {found.holder} says that it holds checkpoint number {found.number}, and this centre's "
            f"record contradicts that: {found.why}. This is its word, unsigned: keep this database as it is, "
            "and compare an export with the checkpoint (backhaul verify --checkpoint). If it is signed and "
            f"{restored}, somebody changed what was recorded; if it is not, look at that station."
        )
    who = "that was carried here" if found.holder == CARRIED else f"that station {found.holder} holds"
    return (
        f"The checkpoint {who}, number {found.number}, contradicts this centre's record: {found.why}. If "
        f"{restored}, somebody changed what was recorded: keep this database as it is, and compare an export "
        "with that checkpoint (backhaul verify --checkpoint)."
    )


_case = asking(lambda _: select(exception.c.id).where(exception.c.key == bindparam("key")))
