"""RMAs as sheets: their lines, what was done under their codes and stands, read at once and written once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, literal_column, select, update

from app.domain.event import EventKind
from app.domain.fields import Fields
from sync.central.rules.progress import Deed, Progress
from sync.central.store import return_cases
from sync.central.store.act import Act
from sync.central.store.exceptions import close_cases, open_case
from sync.central.store.prepared import asking, inserting, updating
from sync.central.store.sold_serials import Expected, expected_serials
from sync.central.store.tables import event, rma, rma_done, rma_event, rma_line

# Above every row number there will ever be.
EVER = 1 << 62
SOLD = "sold_serials"
"""What a line as it travels has beside its record: the serials that may come where it does not name them."""


def document(conn: Connection, code: str) -> dict[str, Any] | None:
    """The RMA as it travels: its record with the units done at each station and its state."""
    row = conn.execute(_rma, {"rma": code}).one_or_none()
    if row is None:
        return None
    done = {(entry.line, entry.station): entry.qty for entry in _done.rows(conn, codes=[code])}
    expected = expected_serials(conn, {code: json.loads(row.document)}).get(code, {})
    return shown(row.document, done, row.state, expected)


def lines_of(conn: Connection, code: str) -> Sequence[Row[Any]]:
    """The lines of an RMA with their states, missing units and units done anywhere."""
    return conn.execute(_lines_done, {"rma": code}).all()


def authorized_at(conn: Connection, code: str) -> str:
    """When an RMA was authorized; KeyError when there is none."""
    found = conn.scalar(_created, {"rma": code})
    if found is None:
        raise KeyError(code)
    return str(found)


def send_by(conn: Connection, code: str) -> str | None:
    """The last day to send the goods of an RMA, None for no end."""
    return conn.scalar(_send_by, {"rma": code})


def deeds_of(conn: Connection, code: str) -> list[Deed]:
    """What was done under a code and stands, in the order it was posted."""
    return [deed for deed, _ in timed_deeds(conn, code)]


def timed_deeds(conn: Connection, code: str) -> list[tuple[Deed, str]]:
    """The same, each with when it was done."""
    return [(deed_of(row), row.occurred_at) for row in _standing.rows(conn, codes=[code], first=EVER)]


@dataclass(slots=True)
class Sheet:
    """One RMA while events are followed: its lines, the deeds that stand in the order they were posted."""

    code: str
    document: str
    state: tuple[str, bool]
    lines: list[Any] = field(default_factory=list)
    done: dict[tuple[int, str], int] = field(default_factory=dict)
    deeds: dict[str, Deed] = field(default_factory=dict)
    progress: Progress = field(default_factory=Progress)
    expected: Expected = field(default_factory=dict)
    changed_by: str | None = None
    taken_back: bool = False

    def add(self, deed: Deed) -> None:
        """One deed more."""
        self.deeds[deed.event_id] = deed
        self.progress.add(deed, self.lines)

    def answered(self) -> list[str]:
        """The keys of cases that what was done since has answered."""
        progress = self.progress
        missing = self.untold()
        came = [
            line
            for line in self.lines
            if (self.taken_back or line.line in progress.named) and not missing[line.line]
        ]
        fits = [line for line in self.lines if self.taken_back and progress.units(line) <= line.qty]
        return [
            *(return_cases.missing_key(self.code, line.line) for line in came),
            *(return_cases.over_key(self.code, line.line) for line in fits),
        ]

    def untold(self) -> dict[int, int]:
        """Missing units by line in whose place no unit of the item was kept: those have a case already."""
        accepted = {deed.facts.maybe_text("accepts") for deed in self.deeds.values()}
        beside = Counter[str]()
        for deed in self.deeds.values():
            if (
                deed.kind == EventKind.RETURN_DISPOSITIONED
                and deed.facts.flag("wrong_item", default=False)
                and deed.event_id not in accepted
            ):
                beside[deed.facts.text("sku")] += deed.qty()
        found = dict[int, int]()
        for line in self.lines:
            missing = self.progress.missing(line)
            stands_in = min(missing, beside[line.sku])
            beside[line.sku] -= stands_in
            found[line.line] = missing - stands_in
        return found

    def remove(self, event_id: str) -> None:
        """What was undone never happened."""
        self.taken_back = True
        self.deeds.pop(event_id, None)
        self.progress = Progress()
        for deed in self.deeds.values():
            self.progress.add(deed, self.lines)


def sheets_of(conn: Connection, codes: Collection[str], first: int) -> dict[str, Sheet]:
    """The RMAs of these codes as they were before row `first`; codes that nobody authorized are left out."""
    if not codes:
        return {}
    asked = sorted(codes)
    found = {
        row.code: Sheet(row.code, row.document, (row.state, bool(row.finished)))
        for row in _rmas.rows(conn, codes=asked)
    }
    for row in _lines.rows(conn, codes=asked):
        found[row.rma].lines.append(row)
    for row in _done.rows(conn, codes=asked):
        if row.rma in found:
            found[row.rma].done[row.line, row.station] = int(row.qty)
    for row in _standing.rows(conn, codes=asked, first=first):
        if row.rma in found:
            found[row.rma].add(deed_of(row))
    documents = {code: json.loads(sheet.document) for code, sheet in found.items()}
    for code, serials in expected_serials(conn, documents).items():
        found[code].expected = serials
    return found


def deed_of(row: Any) -> Deed:
    """What a row of an event says was done."""
    return Deed(row.event_id, row.kind, row.origin, Fields(json.loads(row.body), "facts"))


def write(act: Act, sheets: Iterable[Sheet]) -> None:
    """Stores how far RMAs are, and closes the cases of what is so no more."""
    conn, answered = act.conn, list[str]()
    lines, spent, counts, states = [], [], [], []
    for sheet in sheets:
        code, progress = sheet.code, sheet.progress
        answered += sheet.answered()
        if sheet.taken_back:
            untold = sheet.untold()
            for line in sheet.lines:
                if gone := untold[line.line]:
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
        to = (progress.stands(sheet.lines), progress.finished)
        if to != sheet.state:
            states.append({"code_": code, "to": to[0], "is_finished": to[1]})
        sheet.state = to
    _set_line.run(conn, lines)
    _forget.run(conn, spent)
    _count.run(conn, counts)
    _set_state.run(conn, states)
    close_cases(conn, answered, act.posted_at, "It is so no more: what stations recorded since fits.")


def shown(record: str, done: Mapping[tuple[int, str], int], state: str, expected: Expected) -> dict[str, Any]:
    """An RMA as it travels: its record, the units done of each line at each station, and its state.

    A line that does not name all of its serials has those that may come beside them.
    """
    units = [
        {"line": line, "station": station, "qty": qty} for (line, station), qty in sorted(done.items()) if qty
    ]
    found: dict[str, Any] = {**json.loads(record), "done": units, "state": state}
    for line in found["lines"]:
        serials = expected.get(line["line"], ())
        if set(serials) - set(line["serials"]):
            line[SOLD] = list(serials)
    return found


_rma = select(rma.c.document, rma.c.state).where(rma.c.code == bindparam("rma"))
_created = select(rma.c.created_at).where(rma.c.code == bindparam("rma"))
_send_by = select(rma.c.send_by).where(rma.c.code == bindparam("rma"))
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
        select(
            rma_event.c.rma,
            event.c.event_id,
            event.c.kind,
            event.c.origin,
            event.c.occurred_at,
            event.c.body,
        )
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
