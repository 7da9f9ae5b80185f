"""What events at stations do to return lines; whatever does not fit opens a case and changes no quantity.

The RMAs that some events are about are read once, followed in memory event by event, and written once.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, literal_column, select

from app.domain.clock import from_text
from app.domain.event import Event, EventKind
from app.domain.fields import Fields
from sync.central.rules.misfits import Kept, Misfit, kept
from sync.central.rules.progress import ABOUT_RETURNS, COUNTED, Deed, Progress
from sync.central.store import blind_units, gating, return_cases, return_claims, serial_words
from sync.central.store.act import Act
from sync.central.store.exceptions import Case, close_cases, open_case
from sync.central.store.feed import Record, publish
from sync.central.store.journal import Fact
from sync.central.store.prepared import asking, inserting
from sync.central.store.return_sheets import EVER, Sheet, deed_of, document, sheets_of, shown, write
from sync.central.store.sold_serials import sharing, sold_on
from sync.central.store.tables import event, rma, rma_event, rma_line


def catch_up(act: Act, code: str) -> None:
    """Counts what stations did under a code before it was authorized, and judges each as it came."""
    for sheet in sheets_of(act.conn, [code], EVER).values():
        deeds, sheet.deeds, sheet.progress = list(sheet.deeds.values()), {}, Progress()
        others = serial_words.others(act.conn, [deed.facts.raw() for deed in deeds])
        for deed in deeds:
            sheet.add(deed)
            _judge(act, deed, sheet, others)
        write(act, [sheet])
        gating.catch_up(act, deeds)
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


def blind_again(conn: Connection, unmatched: Mapping[str, str], at: datetime) -> None:
    """Opens the cases of units whose match was taken back with what their bench had recorded.

    `unmatched` has the RMA that each was matched with, by the bench's event.
    """
    keys = blind_units.case_keys(conn, list(unmatched))
    for event_id, code in unmatched.items():
        deed = Deed(event_id, EventKind.RETURN_DISPOSITIONED, "", blind_units.given(conn, event_id))
        open_case(conn, return_cases.match_taken_back(deed, keys[event_id], code), at)


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
            blind_units.Came(fact.event, fact.origin, fact.dated)
            for fact in facts
            if fact.event.event_id in deeds and deeds[fact.event.event_id].code is None
        ]
        self._why = return_claims.verdicts(act.conn, blind_units.units(self._blind))
        self._keys = blind_units.case_keys(act.conn, undone) | blind_units.keys(act.conn, self._blind)
        remember = [{"rma": code, "event_id": of} for of, codes in self._codes.items() for code in codes]
        self._here, self._undone = set[str](), dict[str, Deed]()
        if undone:
            for row in _is_here.rows(act.conn, ids=undone, first=first):
                self._here.add(row.event_id)
                if row.kind in COUNTED:
                    self._undone[row.event_id] = deed_of(row)
            for row in _codes_of.rows(act.conn, ids=undone):
                self._codes[row.event_id].append(row.rma)
        rows = _times.rows(act.conn, ids=[*undone, *deeds], first=first)
        self._times = Counter({row.corrects: int(row.times) for row in rows})
        self._taken_back = [*undone, *(event_id for event_id in deeds if self._times[event_id])]
        self._sheets = sheets_of(act.conn, {code for codes in self._codes.values() for code in codes}, first)
        _remember.run(act.conn, remember)
        told = list(deeds.values())
        if undone:
            told += [deed for sheet in self._sheets.values() for deed in sheet.deeds.values()]
        self._others = serial_words.others(act.conn, [deed.facts.raw() for deed in told])
        self._words = serial_words.concerned(act.conn, undone)

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
            if blind_units.comes_blind(deed.kind, deed.origin):
                key, why = self._keys[deed.event_id], self._why[deed.event_id].why
                open_case(conn, return_cases.blind(deed, key, why), at)
        elif (sheet := self._sheets.get(code)) is None:
            open_case(conn, return_cases.unknown_rma(deed, code), at)
        else:
            # An undo that came before what it undoes is told as odd, and undoes it all the same.
            if not self._times[deed.event_id]:
                sheet.add(deed)
            _judge(self._act, deed, sheet, self._others)
            sheet.changed_by = deed.event_id

    def _undo(self, undo: Event) -> None:
        target = undo.corrects or ""
        self._times[target] += 1
        if target not in self._here or self._times[target] != 1:
            open_case(self._act.conn, return_cases.odd_undo(undo), self._act.posted_at)
            return
        if (deed := self._undone.get(target) or self._deeds.get(target)) is not None:
            keys = self._own_cases(deed)
            close_cases(self._act.conn, keys, self._act.posted_at, "It was taken back.")
        for code in self._codes.get(target, ()):
            if (sheet := self._sheets.get(code)) is not None:
                sheet.remove(target)
                sheet.changed_by = undo.event_id
                accepted = deed.facts.maybe_text("accepts") if deed else None
                if accepted in sheet.deeds:
                    # What was accepted stands beside the lines again.
                    _judge(self._act, sheet.deeds[accepted], sheet, self._others)
                self._accept_again(sheet)

    def _own_cases(self, deed: Deed) -> tuple[str, ...]:
        """The keys under which a unit may have a case of its own."""
        if deed.code is not None:
            return return_cases.apart_keys(deed, deed.code)
        key = self._keys.get(deed.event_id)
        return () if key is None else (key,)

    def _accept_again(self, sheet: Sheet) -> None:
        """With a word taken back, or a unit of it: whether it holds for those that name it is asked anew."""
        for deed in sheet.deeds.values():
            if serial_words.word_of(deed.event_id, deed.kind, deed.facts.raw()) not in self._words:
                continue
            if deed.event_id in self._others:
                _judge(self._act, deed, sheet, self._others)
            elif deed.kind in COUNTED and deed.line(sheet.lines) is not None:
                key, _ = return_cases.apart_keys(deed, sheet.code)
                close_cases(self._act.conn, [key], self._act.posted_at, "Its serial is accepted.")

    def _blind_again(self, event_id: str) -> None:
        """Its match was taken back: the unit waits as nobody's, and is put away nowhere."""
        conn, at = self._act.conn, self._act.posted_at
        facts, unit = blind_units.given(conn, event_id), blind_units.came_as(conn, event_id)
        deed = Deed(event_id, EventKind.RETURN_DISPOSITIONED, "", facts)
        came = return_claims.Came(event_id, unit.owner, unit.sku, int(unit.qty), from_text(unit.came_at))
        why = return_claims.why_of(conn, unit.claim, came)
        open_case(conn, return_cases.blind(deed, unit.case_key, why), at)
        close_cases(conn, [return_cases.put_away_key(deed)], at, "The match was taken back.")

    def write(self) -> None:
        """Stores and publishes what changed."""
        conn = self._act.conn
        blind_units.note(conn, self._blind, self._why, self._keys)
        blind_units.take_back(conn, self._taken_back)
        for event_id in blind_units.unmatch(conn, self._taken_back):
            self._blind_again(event_id)
        changed = [sheet for sheet in self._sheets.values() if sheet.changed_by is not None]
        write(self._act, changed)
        publish(
            conn,
            [
                Record(
                    "rma",
                    sheet.code,
                    shown(sheet.document, sheet.progress.done, sheet.state[0], sheet.expected),
                    sheet.changed_by,
                )
                for sheet in changed
            ],
        )
        # What came by one return is not awaited by another of the same sale any more, or is again.
        for code in sharing(conn, {sheet.code for sheet in changed if sheet.expected}):
            publish_rma(conn, code, None)


def _judge(act: Act, deed: Deed, sheet: Sheet, others: Mapping[str, tuple[str, ...]]) -> None:
    """Opens a case for what of a deed does not fit the RMA, whose progress includes the deed.

    `others` are units with a serial that was not sold, each with those that were.
    """
    conn, at, code, progress = act.conn, act.posted_at, sheet.code, sheet.progress
    if deed.kind in COUNTED:
        line = deed.line(sheet.lines)
        if line is None and deed.facts.flag("wrong_item", default=False):
            why = kept(deed, sheet.lines, progress, sheet.expected)
            open_case(conn, _apart(act, deed, sheet, why), at)
        elif line is None:
            open_case(conn, return_cases.not_on_rma(deed, code), at)
        elif (sold := others.get(deed.event_id)) is not None:
            other = Kept(Misfit.OTHER_SERIAL, deed.facts.text("serial"), sold)
            open_case(conn, _apart(act, deed, sheet, other), at)
            if (done := progress.units(line)) > line.qty:
                # That one too many came is another matter, which a recount answers.
                open_case(conn, return_cases.over(line, code, done), at)
        elif (done := progress.units(line)) > line.qty:
            open_case(conn, return_cases.over(line, code, done), at)
        elif progress.ended is not None:
            open_case(conn, return_cases.after_end(line, code, progress.ended, done), at)
    elif deed.kind == EventKind.RETURN_FINISHED:
        by_number = {line.line: line for line in sheet.lines}
        for number, qty in deed.missing().items():
            line = by_number.get(number)
            if line is None:
                open_case(conn, return_cases.missing_elsewhere(deed, code, number, qty), at)
            elif (excess := qty - max(0, line.qty - progress.units(line))) > 0:
                open_case(conn, return_cases.missing_excess(line, code, qty, excess), at)
            elif (untold := sheet.untold()[number]) > 0:
                open_case(conn, return_cases.missing(line, code, untold), at)


def _apart(act: Act, deed: Deed, sheet: Sheet, why: Kept) -> Case:
    """The case of a unit that is not one of the line's; of another serial with the order it was sold on."""
    owner, sku = json.loads(sheet.document)["owner"], deed.facts.text("sku")
    order = sold_on(act.conn, owner, sku, why.serial) if why.serial else None
    return return_cases.apart(deed, sheet.code, why, order)


new_rma = insert(rma)
new_lines = insert(rma_line)
_remember = inserting(rma_event)
_undo = event.alias("undo")
_undoes = _undo.c.kind == literal_column(f"'{EventKind.RETURN_UNDONE}'")
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
