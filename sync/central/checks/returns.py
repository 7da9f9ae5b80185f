"""Return tables against what stations did: the fold of their events that were not undone, RMA by RMA.

The fold is the rule that the tables follow too, told anew from the events alone.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, func, select, union_all

from app.domain.event import EventKind
from app.domain.fields import Fields
from app.domain.laws import Violation
from app.domain.refusal import Refused
from sync.central.checks.events import read_facts
from sync.central.rules.progress import ABOUT_RETURNS, Deed, Progress
from sync.central.store.exceptions import stored_key
from sync.central.store.return_cases import over_key, unknown_key
from sync.central.store.tables import (
    event,
    exception,
    order_line,
    rma,
    rma_done,
    rma_event,
    rma_line,
    rma_release,
    sold_serial,
)
from sync.central.store.tables import rma_match as matched

_PAGE = 500
_ABOUT = frozenset(map(str, ABOUT_RETURNS))

# A sold unit by its order, line, item and serial.
Unit = tuple[int, int, str, str]


def check_remembered(conn: Connection, posted: Sequence[Any]) -> Iterator[Violation]:
    """Of some posted receipts, those under an RMA's code are remembered under it and no others are."""
    said = dict[str, str | None]()
    for row in posted:
        header, facts = read_facts(row.header) or {}, read_facts(row.facts) or {}
        said[row.event_id] = facts.get("rma") or None if header.get("kind") in _ABOUT else None
    found: defaultdict[str, set[str]] = defaultdict(set)
    for code, event_id in conn.execute(_remembered, {"ids": list(said)}):
        found[event_id].add(code)
    for event_id, code in said.items():
        if found[event_id] != ({code} - {None}):
            under = ", ".join(sorted(found[event_id])) or "no RMA"
            yield Violation("return", f"event {event_id}", f"under {under}", f"under {code or 'no RMA'}")


def check_returns(conn: Connection) -> Iterator[Violation]:
    """Every RMA's lines, units done, state and matched sales; and what belongs to no RMA."""
    named, after = set[Unit](), ""
    while rows := conn.execute(_rmas, {"after": after}).all():
        sheets = _sheets(conn, rows)
        for sheet in sheets.values():
            yield from _wrong(sheet)
        yield from _named_serials(conn, sheets, named)
        yield from _over(conn, sheets)
        after = rows[-1].code
    for unit in conn.execute(_returned_serials):
        if (unit.order, unit.line, unit.sku, unit.serial) not in named:
            yield Violation("return", f"{unit.sku} serial {unit.serial}", "returned", "named by an RMA")
    for row in conn.execute(_returned):
        where = f"order row {row.order} line {row.line}"
        yield Violation("return", where, f"{row.returned} returned", f"{int(row.units or 0)} on RMAs")
    yield from _strays(conn)


@dataclass(slots=True)
class _Sheet:
    """One RMA: what its tables say, and what its events say."""

    row: Any
    lines: list[Any] = field(default_factory=list)
    matches: list[Any] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)
    releases: list[Any] = field(default_factory=list)
    stored: dict[tuple[int, str], int] = field(default_factory=dict)
    progress: Progress = field(default_factory=Progress)

    def add(self, happened: Any) -> None:
        """One event more, in the order they were posted."""
        facts = Fields(json.loads(happened.body), "facts")
        self.progress.add(Deed(happened.event_id, happened.kind, happened.origin, facts), self.lines)

    def record(self) -> dict[str, Any]:
        """The record as it travels; empty when it is none."""
        return read_facts(self.row.document.encode()) or {}

    @property
    def given_back(self) -> set[tuple[int, str]]:
        """The serials, by line, that the RMA gave back to their sales."""
        return {(row.line, row.serial) for row in self.releases if row.serial}

    def serials(self) -> list[tuple[str, set[Unit]]]:
        """Each serial that the RMA names, with the sold units that it may be."""
        found = list[tuple[str, set[Unit]]]()
        try:
            for line in self.record()["lines"]:
                sold = [(m.order, m.order_line) for m in self.matches if m.line == line["line"]]
                for serial in line["serials"]:
                    if (line["line"], serial) in self.given_back:
                        continue
                    found.append((serial, {(*place, line["sku"], serial) for place in sold}))
        except (TypeError, LookupError):  # the record's own check names it
            return []
        return found

    def wrong(self) -> Iterator[Violation]:
        """What the tables say otherwise than the events and the record."""
        code, progress = f"RMA {self.row.code}", self.progress
        for line in self.lines:
            expected = f"{progress.state(line)}, {progress.missing(line)} missing"
            stored = f"{line.state}, {line.missing} missing"
            if stored != expected:
                yield Violation("return", f"{code} line {line.line}", stored, expected)
            yield from self._wrong_match(line)
        if self.stored != dict(progress.done):
            yield Violation("return", code, f"done {_listed(self.stored)}", f"done {_listed(progress.done)}")
        stands = progress.stands(self.lines)
        if (self.row.state, self.row.finished) != (stands, progress.finished):
            finished = f"{self.row.state}, finished {self.row.finished}"
            yield Violation("return", code, finished, f"{stands}, finished {progress.finished}")
        yield from self._wrong_record()
        ends = {event.event_id for event in self.events if event.kind == EventKind.RETURN_ENDED}
        for row in self.releases:
            if row.event_id not in ends:
                yield Violation(
                    "return", code, f"units given back by {row.event_id}", "its end, by that event"
                )

    def _wrong_match(self, line: Any) -> Iterator[Violation]:
        """A line takes back sold units of its own item and owner, as many as it authorizes."""
        mine = [match for match in self.matches if match.line == line.line]
        units = sum(match.qty for match in mine if (match.sku, match.owner) == (line.sku, self.row.owner))
        if units != line.qty or units != sum(match.qty for match in mine):
            where = f"RMA {self.row.code} line {line.line}"
            yield Violation("return", where, f"{line.qty} authorized", f"{units} of its item matched")

    def _wrong_record(self) -> Iterator[Violation]:
        record = self.record()
        told = {(entry["line"], entry["sku"], entry["qty"]) for entry in record.get("lines", ())}
        lines = {(line.line, line.sku, line.qty) for line in self.lines}
        whose = (record.get("code"), record.get("owner"))
        if told != lines or whose != (self.row.code, self.row.owner):
            where = f"RMA {self.row.code}"
            yield Violation("return", where, "another record", "the record that its lines were made from")


def _sheets(conn: Connection, rows: Sequence[Any]) -> dict[str, _Sheet]:
    sheets = {row.code: _Sheet(row) for row in rows}
    codes = {"codes": list(sheets)}
    for line in conn.execute(_lines, codes):
        sheets[line.rma].lines.append(line)
    for match in conn.execute(_matches, codes):
        sheets[match.rma].matches.append(match)
    for row in conn.execute(_releases, codes):
        sheets[row.rma].releases.append(row)
    for count in conn.execute(_counts, codes):
        if count.qty:
            sheets[count.rma].stored[count.line, count.station] = count.qty
    for happened in conn.execute(_standing, codes):
        sheets[happened.rma].events.append(happened)
    return sheets


def _wrong(sheet: _Sheet) -> list[Violation]:
    """What is wrong with an RMA; one that nobody can follow is wrong as a whole."""
    try:
        for happened in sheet.events:
            sheet.add(happened)
        return list(sheet.wrong())
    except (Refused, ValueError, TypeError, LookupError, AttributeError):
        where = f"RMA {sheet.row.code}"
        return [Violation("return", where, "unreadable", "a record and events that can be read")]


def _listed(done: Mapping[tuple[int, str], int]) -> str:
    return ", ".join(f"{qty} of line {line} at {who[:8]}" for (line, who), qty in sorted(done.items())) or "0"


def _named_serials(conn: Connection, sheets: Mapping[str, _Sheet], named: set[Unit]) -> Iterator[Violation]:
    """Serials that RMAs name are marked as returned; those units are added to `named`."""
    asked = [(code, *entry) for code, sheet in sheets.items() for entry in sheet.serials()]
    if not asked:
        return
    orders = sorted({unit[0] for _, _, units in asked for unit in units})
    rows = conn.execute(_returned_serials.where(sold_serial.c.order.in_(_orders)), {"orders": orders})
    marked = {(row.order, row.line, row.sku, row.serial) for row in rows}
    for code, serial, units in asked:
        named |= units & marked
        if not units & marked:
            yield Violation("return", f"RMA {code} serial {serial}", "not marked", "marked as returned")


def _over(conn: Connection, sheets: Mapping[str, _Sheet]) -> Iterator[Violation]:
    """More units than a line authorizes are here in fact; a case says so, open or answered."""
    keys = dict[str, str]()
    for code, sheet in sheets.items():
        for line in sheet.lines:
            if sheet.progress.units(line) > line.qty:
                keys[stored_key(over_key(code, line.line))] = f"RMA {code} line {line.line}"
    told = set(conn.scalars(_cases, {"keys": list(keys)})) if keys else set[str]()
    for key, where in keys.items():
        if key not in told:
            yield Violation("answered", where, "no exception", "one")


def _strays(conn: Connection) -> Iterator[Violation]:
    """Rows of no RMA or no event; a code that nobody authorized has its case, open or answered."""
    for table, name in ((rma_done, "units done"), (matched, "matched sales")):
        strays = select(table.c.rma).where(~select(rma.c.code).where(rma.c.code == table.c.rma).exists())
        for code in conn.scalars(strays.distinct()):
            yield Violation("return", f"RMA {code}", name, "an RMA of that code")
    for row in conn.execute(_eventless):
        yield Violation("return", f"RMA {row.rma}", f"event {row.event_id}", "an event that is here")
    after = ""
    while codes := list(conn.scalars(_unknown, {"after": after})):
        keys = {stored_key(unknown_key(code)): code for code in codes}
        for key in sorted(keys.keys() - set(conn.scalars(_cases, {"keys": list(keys)}))):
            yield Violation("answered", f"RMA {keys[key]}", "no exception", "one")
        after = codes[-1]


def _among(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)


_codes, _orders = _among("codes"), _among("orders")
_remembered = select(rma_event.c.rma, rma_event.c.event_id).where(rma_event.c.event_id.in_(_among("ids")))
_rmas = select(rma).where(rma.c.code > bindparam("after")).order_by(rma.c.code).limit(_PAGE)
_lines = select(rma_line).where(rma_line.c.rma.in_(_codes)).order_by(rma_line.c.rma, rma_line.c.line)
_releases = select(rma_release).where(rma_release.c.rma.in_(_codes))
_counts = select(rma_done).where(rma_done.c.rma.in_(_codes))
_sold_line = and_(order_line.c.order == matched.c.order, order_line.c.line == matched.c.order_line)
_matches = (
    select(matched, order_line.c.sku, order_line.c.owner)
    .join_from(matched, order_line, _sold_line, isouter=True)
    .where(matched.c.rma.in_(_codes))
)
_undo = event.alias("undo")
_undone = select(_undo.c.id).where(
    _undo.c.corrects == event.c.event_id, _undo.c.kind == str(EventKind.RETURN_UNDONE)
)
_standing = (
    select(rma_event.c.rma, event.c.event_id, event.c.kind, event.c.origin, event.c.body)
    .join_from(rma_event, event, rma_event.c.event_id == event.c.event_id)
    .where(rma_event.c.rma.in_(_codes), event.c.kind.in_(sorted(_ABOUT)), ~_undone.exists())
    .order_by(event.c.id)
)
_returned_serials = select(
    sold_serial.c.order, sold_serial.c.line, sold_serial.c.sku, sold_serial.c.serial
).where(sold_serial.c.returned)
_both_ways = union_all(
    select(matched.c.order, matched.c.order_line, matched.c.qty),
    select(rma_release.c.order, rma_release.c.order_line, -rma_release.c.qty),
).subquery()
_taken = (
    select(_both_ways.c.order, _both_ways.c.order_line, func.sum(_both_ways.c.qty).label("units"))
    .group_by(_both_ways.c.order, _both_ways.c.order_line)
    .subquery()
)
_returned = (
    select(order_line.c.order, order_line.c.line, order_line.c.returned, _taken.c.units)
    .join_from(
        order_line,
        _taken,
        and_(_taken.c.order == order_line.c.order, _taken.c.order_line == order_line.c.line),
        isouter=True,
    )
    .where(order_line.c.returned != func.coalesce(_taken.c.units, 0))
    .order_by(order_line.c.order, order_line.c.line)
)
_eventless = (
    select(rma_event)
    .join_from(rma_event, event, rma_event.c.event_id == event.c.event_id, isouter=True)
    .where(event.c.id.is_(None))
)
_unknown = (
    select(rma_event.c.rma)
    .join_from(rma_event, rma, rma.c.code == rma_event.c.rma, isouter=True)
    .where(rma.c.code.is_(None), rma_event.c.rma > bindparam("after"))
    .distinct()
    .order_by(rma_event.c.rma)
    .limit(_PAGE)
)
_cases = select(exception.c.key).where(exception.c.key.in_(_among("keys")))
