"""Supervisors' words at benches that a serial which was not sold is accepted: which of them hold.

The word is an event of its own, signed before the unit was recorded; the unit names it. It holds when the
verdict on it is valid, nobody took it back, and it is about that very serial of that very line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from app.domain.approvals import Verdict
from app.domain.event import EventKind
from sync.central.store.prepared import asking
from sync.central.store.tables import event, event_approval
from sync.central.store.undoing import NOT_UNDONE

_ABOUT = ("rma", "line", "sku", "serial", "instead_of")


def accepted(conn: Connection, bodies: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Of some units as their benches recorded them, the words they name that hold, by event id."""
    named = [(word, body) for body in bodies if isinstance(word := body.get("accepted"), str) and word]
    if not named:
        return frozenset()
    rows = _words.rows(conn, ids=sorted({word for word, _ in named}))
    said = {row.event_id: json.loads(row.body) for row in rows}
    return frozenset(
        word for word, body in named if word in said and _same(said[word], body) and body.get("serial")
    )


def _same(word: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    return all(word.get(name) == body.get(name) for name in _ABOUT)


_words = asking(
    lambda among: (
        select(event.c.event_id, event.c.body)
        .join_from(event, event_approval, event_approval.c.event_id == event.c.event_id)
        .where(
            among(event.c.event_id, "ids"),
            event.c.kind == str(EventKind.RETURN_SERIAL_ACCEPTED),
            event_approval.c.verdict == Verdict.VALID.value,
            NOT_UNDONE,
        )
    )
)
