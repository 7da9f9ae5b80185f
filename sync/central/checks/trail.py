"""The audit trail against the rows it vouches for: what a checkpoint covers is still what it covered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from app.domain.approvals import Signed
from app.domain.approvals.unlock import vouched
from app.domain.checkpoint import CHECKPOINT_TAG, Checkpoint
from app.domain.laws import Violation
from app.domain.merkle import EMPTY_ROOT, Growing, Tree
from app.domain.refusal import Refused
from sync.central.store.approval_keys import root_key
from sync.central.store.tables import audit_checkpoint, policy_key
from sync.central.store.trail import TreeName, leaves_after

_LAW = "trail"


def check_trail(conn: Connection) -> Iterator[Violation]:
    """Every checkpoint is signed, names the one before, and its roots are those over the rows of today."""
    said = list[Checkpoint]()
    previous = ""
    for number, row in enumerate(conn.execute(_all), 1):
        where, signed = f"checkpoint {row.number}", Signed(row.document.encode(), _hex(row.sig))
        read = _read(conn, row, signed)
        if read is None:
            yield Violation(_LAW, where, "bytes that are not signed", "the centre's word")
        elif (row.number, read.number, read.previous) != (number, number, previous):
            yield Violation(_LAW, where, f"number {read.number}, after {read.previous[:12]}", "no gap")
        else:
            said.append(read)
        previous = signed.digest
    for name in TreeName:
        yield from _roots(conn, name, said)


def _read(conn: Connection, row: Any, signed: Signed) -> Checkpoint | None:
    try:
        grant = Signed(row.grant_document.encode(), _hex(row.grant_sig))
        root = root_key(conn)
        held = root is not None and vouched(signed, CHECKPOINT_TAG, grant, root)
        return Checkpoint.read(signed) if held and signed.digest == row.digest else None
    except (Refused, AttributeError):  # no grant of that number
        return None


def _roots(conn: Connection, name: TreeName, said: list[Checkpoint]) -> Iterator[Violation]:
    growing, waiting = Growing(), sorted(said, key=lambda one: of(one, name).size)
    at = 0

    def compared() -> Iterator[Violation]:
        nonlocal at
        while at < len(waiting) and of(waiting[at], name).size == growing.size:
            if of(waiting[at], name).root != growing.tree.root:
                yield Violation(
                    _LAW, f"checkpoint {waiting[at].number}", f"other {name}", "what it vouched for"
                )
            at += 1

    yield from compared()
    for _, leaf in leaves_after(conn, name, 0):
        growing.add(leaf)
        yield from compared()
    for short in waiting[at:]:
        found = f"{growing.size} entries of {name}"
        yield Violation(_LAW, f"checkpoint {short.number}", found, f"at least {of(short, name).size}")


def of(checkpoint: Checkpoint, name: TreeName) -> Tree:
    """The tree of that name in a checkpoint."""
    return checkpoint.feed if name is TreeName.FEED else checkpoint.receipts


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return EMPTY_ROOT


_all = (
    select(
        audit_checkpoint,
        policy_key.c.document.label("grant_document"),
        policy_key.c.sig.label("grant_sig"),
    )
    .join_from(
        audit_checkpoint, policy_key, policy_key.c.number == audit_checkpoint.c.policy_key, isouter=True
    )
    .order_by(audit_checkpoint.c.number)
)
