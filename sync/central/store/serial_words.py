"""Serials that were not sold on their line, and supervisors' words at benches that accept one all the same.

The word is an event of its own, signed before the unit was recorded; the unit names it. It holds when the
verdict on it is valid and nobody took it back, for one unit: the first that stands of those that its own
station recorded and that name it, with that very serial on that very line, while the serial that it stands
for is awaited there and its own is not out with somebody else. What came by other returns later is no reason
against it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from app.domain.approvals import Verdict
from app.domain.event import EventKind
from sync.central.store.prepared import asking
from sync.central.store.sold_serials import Expected, expected_serials, out_elsewhere
from sync.central.store.tables import event, event_approval, rma, rma_event
from sync.central.store.undoing import NOT_UNDONE

_ABOUT = ("rma", "line", "sku", "serial", "instead_of")


def others(conn: Connection, bodies: Collection[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Units of some returns with a serial that was not sold on their line, each with those that were.

    They are found by the events of their benches, which are posted; what a supervisor accepted is none of
    them. `bodies` say which returns, and are of units whose serial matters.
    """
    codes = {code for body in bodies if _text(body, "serial") and (code := _text(body, "rma"))}
    if not codes:
        return {}
    rows = _records.rows(conn, codes=sorted(codes))
    documents = {row.code: json.loads(row.document) for row in rows}
    expected = expected_serials(conn, documents)
    units = [_Unit.of(row) for row in _units.rows(conn, codes=sorted(expected))] if expected else []
    words, found = _words_of(conn, units), dict[str, tuple[str, ...]]()
    told = {code: _Told(conn, code, documents[code], expected[code], words) for code in expected}
    for unit in units:
        if sold := told[unit.rma].other(unit):
            found[unit.event_id] = sold
    return found


def naming(conn: Connection, words: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Units that name one of some words, by the events of their benches, which were not taken back."""
    rows = _said.rows(conn, ids=sorted(words)) if words else ()
    codes = {code for row in rows if (code := _text(json.loads(row.body), "rma"))}
    units = [_Unit.of(row) for row in _units.rows(conn, codes=sorted(codes))] if codes else []
    return {unit.event_id: unit.body for unit in units if unit.accepted in words}


def concerned(conn: Connection, events: Collection[str]) -> set[str]:
    """The words that some events are, or name."""
    rows = _said.rows(conn, ids=sorted(events)) if events else ()
    found = {word_of(row.event_id, row.kind, json.loads(row.body)) for row in rows}
    return {word for word in found if word}


def word_of(event_id: str, kind: str, body: Mapping[str, Any]) -> str | None:
    """The word that an event is, or that a unit names."""
    if kind == EventKind.RETURN_SERIAL_ACCEPTED:
        return event_id
    return _text(body, "accepted") if kind == EventKind.RETURN_DISPOSITIONED else None


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit as its bench recorded it for a line."""

    row: int
    event_id: str
    origin: str
    rma: str
    body: Mapping[str, Any]

    @classmethod
    def of(cls, row: Any) -> _Unit:
        return cls(int(row.id), row.event_id, row.origin, row.rma, json.loads(row.body))

    @property
    def accepted(self) -> str | None:
        return _text(self.body, "accepted")


@dataclass(slots=True)
class _Told:
    """The units of one return, told in the order they were posted, and the words that they used up.

    `came` are the serials that came so far, `stood_for` those for which another was accepted.
    """

    conn: Connection
    code: str
    document: Any
    expected: Expected
    words: Mapping[str, tuple[str, Mapping[str, Any]]]
    used: set[str] = field(default_factory=set)
    came: set[str] = field(default_factory=set)
    stood_for: set[str] = field(default_factory=set)

    @property
    def owner(self) -> str:
        """Whose return it is."""
        return str(self.document["owner"])

    def other(self, unit: _Unit) -> tuple[str, ...]:
        """The serials that were sold on the line of the next unit when its own is none of them."""
        serial, named = _text(unit.body, "serial"), unit.body.get("line")
        line = named if type(named) is int else 0
        sold = self.expected.get(line, ())
        if not serial or not sold:
            return ()
        if not self._fits(unit, serial, sold):
            then = expected_serials(self.conn, {self.code: self.document}, unit.row).get(self.code, {})
            if not self._fits(unit, serial, then.get(line, ())):
                return sold
        return ()

    def _fits(self, unit: _Unit, serial: str, sold: Sequence[str]) -> bool:
        """Whether the unit is one that was sold and is awaited, or stands for one by a word."""
        awaited = set(sold) - self.stood_for
        if serial in awaited:
            self.came.add(serial)
            return True
        word, instead_of = unit.accepted, _text(unit.body, "instead_of")
        if word is None or instead_of not in awaited - self.came or not self._holds(word, unit):
            return False
        self.used.add(word)
        self.stood_for.add(str(instead_of))
        return True

    def _holds(self, word: str, unit: _Unit) -> bool:
        sku, serial = _text(unit.body, "sku") or "", _text(unit.body, "serial") or ""
        if word in self.used or out_elsewhere(self.conn, self.code, self.owner, (sku, serial), unit.row):
            return False
        origin, said = self.words.get(word, ("", {}))
        return origin == unit.origin and all(said.get(name) == unit.body.get(name) for name in _ABOUT)


def _words_of(conn: Connection, units: Sequence[_Unit]) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
    """Words that hold, each with the station that recorded it and what it says."""
    named: AbstractSet[str] = {word for unit in units if (word := unit.accepted)}
    rows = _words.rows(conn, ids=sorted(named)) if named else ()
    return {row.event_id: (row.origin, json.loads(row.body)) for row in rows}


def _text(body: Mapping[str, Any], name: str) -> str | None:
    found = body.get(name)
    return found if isinstance(found, str) and found else None


_records = asking(lambda among: select(rma.c.code, rma.c.document).where(among(rma.c.code, "codes")))
_units = asking(
    lambda among: (
        select(rma_event.c.rma, event.c.id, event.c.event_id, event.c.origin, event.c.body)
        .join_from(rma_event, event, rma_event.c.event_id == event.c.event_id)
        .where(
            among(rma_event.c.rma, "codes"),
            event.c.kind == str(EventKind.RETURN_DISPOSITIONED),
            NOT_UNDONE,
        )
        .order_by(event.c.id)
    )
)
_said = asking(
    lambda among: select(event.c.event_id, event.c.kind, event.c.body).where(among(event.c.event_id, "ids"))
)
_words = asking(
    lambda among: (
        select(event.c.event_id, event.c.origin, event.c.body)
        .join_from(event, event_approval, event_approval.c.event_id == event.c.event_id)
        .where(
            among(event.c.event_id, "ids"),
            event.c.kind == str(EventKind.RETURN_SERIAL_ACCEPTED),
            event_approval.c.verdict == Verdict.VALID.value,
            NOT_UNDONE,
        )
    )
)
