"""What events at stations do to return lines; whatever does not fit opens a case and changes no quantity.

The RMAs that some events are about are read once, followed in memory event by event, and written once.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, literal_column, select, update

from app.domain.event import Event, EventKind
from app.domain.fields import Fields
from sync.central.rules.misfits import kept
from sync.central.rules.progress import ABOUT_RETURNS, COUNTED, Deed, Progress
from sync.central.store import blind_units, return_cases
from sync.central.store.act import Act
from sync.central.store.exceptions import close_cases, open_case
from sync.central.store.feed import Record, publish
from sync.central.store.journal import Fact
from sync.central.store.prepared import asking, inserting, updating
from sync.central.store.tables import event, rma, rma_done, rma_event, rma_line

# Above every row number there will ever be.
_EVER = 1 << 62


def document(conn: Connection, code: str) -> dict[str, Any] | None:
    """The RMA as it travels: its record with the units done at each station and its state."""
    row = conn.execute(_rma, {"rma": code}).one_or_none()
    if row is None:
        return None
    done = {(entry.line, entry.station): entry.qty for entry in _done.rows(conn, codes=[code])}
    return _document(row.document, done, row.state)


def lines_of(conn: Connection, code: str) -> Sequence[Row[Any]]:
    """The lines of an RMA with their states, missing units and units done anywhere."""
    return conn.execute(_lines_done, {"rma": code}).all()


def catch_up(act: Act, code: str) -> None:
    """Counts what stations did under a code before it was authorized, and judges each as it came."""
    for sheet in _sheets(act.conn, [code], _EVER).values():
        deeds, sheet.deeds, sheet.progress = list(sheet.deeds.values()), {}, Progress()
        for deed in deeds:
            sheet.add(deed)
            _judge(act, deed, sheet)
        _write(act, [sheet])
    close_cases(act.conn, [return_cases.unknown_key(code)], act.posted_at, "The return is authorized now.")


def publish_rma(conn: Connection, code: str, event_id: str | None) -> None:
    """Puts the RMA as it is now on the feed."""
    found = document(conn, code)
    if found is not None:
        publish(conn, [Record("rma", code, found, event_id)])


def follow(act: Act, facts: Sequence[Fact], first: int) -> None:
    """Brings return lines up to date with facts that were just entered, the first of them in row `first`.

    Kinds that are not about returns change nothing. An RMA is published once, as the last event left it.

    Raises:
        Refused: the facts of an event about a return cannot be read.
    """
    deeds = {
        fact.event.event_id: Deed(
            fact.event.event_id, fact.event.kind, fact.origin, Fields(fact.event.body, "facts")
        )
        for fact in facts
        if fact.event.kind in ABOUT_RETURNS
    }
    if deeds or any(fact.event.kind == EventKind.RETURN_UNDONE for fact in facts):
        told = _Told(act, facts, deeds, first)
        for fact in facts:
            told.take(fact.event)
        told.write()


@dataclass(slots=True)
class _Sheet:
    """One RMA while events are followed: its lines, the deeds that stand in the order they were posted."""

    code: str
    document: str
    state: tuple[str, bool]
    lines: list[Any] = field(default_factory=list)
    done: dict[tuple[int, str], int] = field(default_factory=dict)
    deeds: dict[str, Deed] = field(default_factory=dict)
    progress: Progress = field(default_factory=Progress)
    changed_by: str | None = None
    taken_back: bool = False

    def add(self, deed: Deed) -> None:
        """One deed more."""
        self.deeds[deed.event_id] = deed
        self.progress.add(deed, self.lines)

    def answered(self) -> list[str]:
        """The keys of cases that what was done since has answered."""
        progress = self.progress
        came = [
            line
            for line in self.lines
            if (self.taken_back or line.line in progress.named) and not progress.missing(line)
        ]
        fits = [line for line in self.lines if self.taken_back and progress.units(line) <= line.qty]
        return [
            *(return_cases.missing_key(self.code, line.line) for line in came),
            *(return_cases.over_key(self.code, line.line) for line in fits),
        ]

    def serials(self) -> dict[int, list[str]]:
        """The serials that each line names."""
        return {line["line"]: line["serials"] for line in json.loads(self.document)["lines"]}

    def remove(self, event_id: str) -> None:
        """What was undone never happened."""
        self.taken_back = True
        self.deeds.pop(event_id, None)
        self.progress = Progress()
        for deed in self.deeds.values():
            self.progress.add(deed, self.lines)


class _Told:
    """What some events, told in their order, do to RMAs."""

    def __init__(self, act: Act, facts: Sequence[Fact], deeds: Mapping[str, Deed], first: int) -> None:
        self._act = act
        undos = [fact.event for fact in facts if fact.event.kind == EventKind.RETURN_UNDONE]
        self._deeds = deeds
        undone = [undo.corrects or "" for undo in undos]
        self._codes = defaultdict[str, list[str]](list)
        for event_id, deed in deeds.items():
            if deed.code is not None:
                # Whatever is remembered can be read: a body that cannot is refused here.
                deed.check()
                self._codes[event_id].append(deed.code)
        self._blind = [
            blind_units.Came(fact.event, fact.origin, fact.occurred_at)
            for fact in facts
            if fact.event.event_id in deeds and deeds[fact.event.event_id].code is None
        ]
        self._remember = [
            {"rma": code, "event_id": of} for of, codes in self._codes.items() for code in codes
        ]
        self._here, self._undone = set[str](), dict[str, Deed]()
        if undone:
            for row in _is_here.rows(act.conn, ids=undone, first=first):
                self._here.add(row.event_id)
                if row.kind == EventKind.RETURN_DISPOSITIONED:
                    said = Fields(json.loads(row.body), "facts")
                    self._undone[row.event_id] = Deed(row.event_id, row.kind, row.origin, said)
            for row in _codes_of.rows(act.conn, ids=undone):
                self._codes[row.event_id].append(row.rma)
        rows = _times.rows(act.conn, ids=[*undone, *deeds], first=first)
        self._times = Counter({row.corrects: int(row.times) for row in rows})
        self._taken_back = [*undone, *(event_id for event_id in deeds if self._times[event_id])]
        self._sheets = _sheets(act.conn, {code for codes in self._codes.values() for code in codes}, first)

    def take(self, happened: Event) -> None:
        """The next event."""
        self._here.add(happened.event_id)
        if happened.kind == EventKind.RETURN_UNDONE:
            self._undo(happened)
        elif (deed := self._deeds.get(happened.event_id)) is not None:
            self._do(deed)

    def _do(self, deed: Deed) -> None:
        conn, at, code = self._act.conn, self._act.posted_at, deed.code
        if code is None:
            if deed.kind == EventKind.RETURN_DISPOSITIONED:
                open_case(conn, return_cases.blind(deed), at)
        elif (sheet := self._sheets.get(code)) is None:
            open_case(conn, return_cases.unknown_rma(deed, code), at)
        else:
            # An undo that came before what it undoes is told as odd, and undoes it all the same.
            if not self._times[deed.event_id]:
                sheet.add(deed)
            _judge(self._act, deed, sheet)
            sheet.changed_by = deed.event_id

    def _undo(self, undo: Event) -> None:
        target = undo.corrects or ""
        self._times[target] += 1
        if target not in self._here or self._times[target] != 1:
            open_case(self._act.conn, return_cases.odd_undo(undo), self._act.posted_at)
            return
        if (deed := self._undone.get(target) or self._deeds.get(target)) is not None:
            keys = return_cases.keys_of(deed)
            close_cases(self._act.conn, keys, self._act.posted_at, "The bench took it back.")
        for code in self._codes.get(target, ()):
            if (sheet := self._sheets.get(code)) is not None:
                sheet.remove(target)
                sheet.changed_by = undo.event_id

    def write(self) -> None:
        """Stores and publishes what changed."""
        conn = self._act.conn
        _remember.run(conn, self._remember)
        blind_units.note(conn, self._blind)
        blind_units.take_back(conn, self._taken_back)
        changed = [sheet for sheet in self._sheets.values() if sheet.changed_by is not None]
        _write(self._act, changed)
        publish(
            conn,
            [
                Record(
                    "rma",
                    sheet.code,
                    _document(sheet.document, sheet.progress.done, sheet.state[0]),
                    sheet.changed_by,
                )
                for sheet in changed
            ],
        )


def _sheets(conn: Connection, codes: Collection[str], first: int) -> dict[str, _Sheet]:
    """The RMAs of these codes as they were before row `first`; codes that nobody authorized are left out."""
    if not codes:
        return {}
    asked = sorted(codes)
    found = {
        row.code: _Sheet(row.code, row.document, (row.state, bool(row.finished)))
        for row in _rmas.rows(conn, codes=asked)
    }
    for row in _lines.rows(conn, codes=asked):
        found[row.rma].lines.append(row)
    for row in _done.rows(conn, codes=asked):
        if row.rma in found:
            found[row.rma].done[row.line, row.station] = int(row.qty)
    for row in _standing.rows(conn, codes=asked, first=first):
        if row.rma in found:
            found[row.rma].add(
                Deed(row.event_id, row.kind, row.origin, Fields(json.loads(row.body), "facts"))
            )
    return found


def _judge(act: Act, deed: Deed, sheet: _Sheet) -> None:
    """Opens a case for what of a deed does not fit the RMA, whose progress includes the deed."""
    conn, at, code, progress = act.conn, act.posted_at, sheet.code, sheet.progress
    if deed.kind in COUNTED:
        line = deed.line(sheet.lines)
        if line is None and deed.facts.flag("wrong_item", default=False):
            why = kept(deed, sheet.lines, progress, sheet.serials())
            open_case(conn, return_cases.apart(deed, code, why), at)
        elif line is None:
            open_case(conn, return_cases.not_on_rma(deed, code), at)
        elif (done := progress.units(line)) > line.qty:
            open_case(conn, return_cases.over(line, code, done), at)
    elif deed.kind == EventKind.RETURN_FINISHED:
        by_number = {line.line: line for line in sheet.lines}
        for number, qty in deed.missing().items():
            line = by_number.get(number)
            if line is None:
                open_case(conn, return_cases.missing_elsewhere(deed, code, number, qty), at)
            elif (excess := qty - max(0, line.qty - progress.units(line))) > 0:
                open_case(conn, return_cases.missing_excess(line, code, qty, excess), at)
            else:
                open_case(conn, return_cases.missing(line, code, qty), at)


def _write(act: Act, sheets: Iterable[_Sheet]) -> None:
    """Stores how far RMAs are, and closes the cases of what is so no more."""
    conn, answered = act.conn, list[str]()
    lines, spent, counts, states = [], [], [], []
    for sheet in sheets:
        code, progress = sheet.code, sheet.progress
        answered += sheet.answered()
        if sheet.taken_back:
            for line in sheet.lines:
                if gone := progress.missing(line):
                    open_case(conn, return_cases.missing(line, code, gone), act.posted_at)
        for line in sheet.lines:
            state, missing = str(progress.state(line)), progress.missing(line)
            if (state, missing) != (line.state, line.missing):
                lines.append({"code_": code, "number": line.line, "to": state, "units_missing": missing})
        if sheet.done != progress.done:
            spent.append({"code_": code})
            counts += [
                {"rma": code, "line": line, "station": station, "qty": qty}
                for (line, station), qty in progress.done.items()
            ]
        to = ("closed" if progress.closed(sheet.lines) else "open", progress.finished)
        if to != sheet.state:
            states.append({"code_": code, "to": to[0], "is_finished": to[1]})
        sheet.state = to
    _set_line.run(conn, lines)
    _forget.run(conn, spent)
    _count.run(conn, counts)
    _set_state.run(conn, states)
    close_cases(conn, answered, act.posted_at, "It is so no more: what stations recorded since fits.")


def _document(record: str, done: Mapping[tuple[int, str], int], state: str) -> dict[str, Any]:
    units = [
        {"line": line, "station": station, "qty": qty} for (line, station), qty in sorted(done.items()) if qty
    ]
    return {**json.loads(record), "done": units, "state": state}


new_rma = insert(rma)
new_lines = insert(rma_line)
_rma = select(rma.c.document, rma.c.state).where(rma.c.code == bindparam("rma"))
_rmas = asking(
    lambda among: select(rma.c.code, rma.c.document, rma.c.state, rma.c.finished).where(
        among(rma.c.code, "codes")
    )
)
_done = asking(
    lambda among: select(rma_done.c.rma, rma_done.c.line, rma_done.c.station, rma_done.c.qty).where(
        among(rma_done.c.rma, "codes"), rma_done.c.qty != 0
    )
)
_lines = asking(
    lambda among: (
        select(rma_line).where(among(rma_line.c.rma, "codes")).order_by(rma_line.c.rma, rma_line.c.line)
    )
)
_sum_done = (
    select(func.coalesce(func.sum(rma_done.c.qty), 0))
    .where(rma_done.c.rma == rma_line.c.rma, rma_done.c.line == rma_line.c.line)
    .correlate(rma_line)
    .scalar_subquery()
)
_lines_done = (
    select(rma_line, _sum_done.label("done"))
    .where(rma_line.c.rma == bindparam("rma"))
    .order_by(rma_line.c.line)
)
_count = inserting(rma_done)
_forget = updating(delete(rma_done).where(rma_done.c.rma == bindparam("code_")), "code_")
_remember = inserting(rma_event)
_set_line = updating(
    update(rma_line)
    .where(rma_line.c.rma == bindparam("code_"), rma_line.c.line == bindparam("number"))
    .values(state=bindparam("to"), missing=bindparam("units_missing")),
    "code_",
    "number",
    "to",
    "units_missing",
)
_set_state = updating(
    update(rma)
    .where(rma.c.code == bindparam("code_"))
    .values(state=bindparam("to"), finished=bindparam("is_finished")),
    "code_",
    "to",
    "is_finished",
)
_undo = event.alias("undo")
_undoes = _undo.c.kind == literal_column(f"'{EventKind.RETURN_UNDONE}'")
_standing = asking(
    lambda among: (
        select(rma_event.c.rma, event.c.event_id, event.c.kind, event.c.origin, event.c.body)
        .join_from(rma_event, event, rma_event.c.event_id == event.c.event_id)
        .where(
            among(rma_event.c.rma, "codes"),
            event.c.id < bindparam("first"),
            ~select(_undo.c.id)
            .where(_undo.c.corrects == event.c.event_id, _undoes, _undo.c.id < bindparam("first"))
            .exists(),
        )
        .order_by(event.c.id)
    )
)
_is_here = asking(
    lambda among: select(event.c.event_id, event.c.kind, event.c.origin, event.c.body).where(
        among(event.c.event_id, "ids"), event.c.id < bindparam("first")
    )
)
_times = asking(
    lambda among: (
        select(_undo.c.corrects, func.count().label("times"))
        .where(among(_undo.c.corrects, "ids"), _undoes, _undo.c.id < bindparam("first"))
        .group_by(_undo.c.corrects)
    )
)
_codes_of = asking(
    lambda among: select(rma_event.c.rma, rma_event.c.event_id).where(among(rma_event.c.event_id, "ids"))
)
