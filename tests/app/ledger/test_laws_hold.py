"""Any sequence of recording, undoing, dying, acknowledging and pulling keeps every law."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain.event import Event
from app.domain.feed import Cursor, Page
from app.domain.refusal import Refused, Unavailable
from app.ledger import mirror, outbox
from app.ledger.also import SaveDraft
from app.ledger.audit import audit
from app.ledger.writer import Ledger
from app.queries import desk, history, returns
from tests.app.ledger.faults import FULL, FaultyDbapi
from tests.app.ledger.station import (
    LABELS,
    MUG,
    Station,
    everything,
    item_change,
    rma,
    rma_change,
    with_label,
)

_skus = st.sampled_from(["K-17", "T-2"])
_lines = st.sampled_from([("R-1", 1), ("R-1", 2), ("R-2", 1), (None, None)])


@cache
def _founded() -> Path:
    """An empty station, made once: migrating for each example would take most of the time."""
    folder = tempfile.mkdtemp(prefix="station-life-")
    atexit.register(shutil.rmtree, folder)
    path = Path(folder, "station.db")
    Station(path).open().close()
    return path


class StationLife(RuleBasedStateMachine):
    """A model beside a ledger: lists and counters, against files."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="station-life-"))
        self.lives = 0
        self.module = FaultyDbapi()
        self.station = Station(self.folder / "life-0.db", self.module)
        self.hashes: list[str] = []
        self.standing: list[Event] = []
        self.undone: list[Event] = []
        self.progress: Counter[tuple[str, int]] = Counter()
        self.acknowledged = 0
        self.labels = 0
        self.drafts: dict[str, int] = {}
        self.cursor = Cursor(0, 0)

    @initialize()
    def begin(self) -> None:
        shutil.copyfile(_founded(), self.station.path)
        self.ledger: Ledger = self.station.open()

    def teardown(self) -> None:
        self.ledger.close()
        shutil.rmtree(self.folder)

    @rule(sku=_skus, line=_lines, qty=st.integers(1, 3), private=st.booleans())
    def record(self, sku: str, line: tuple[str | None, int | None], qty: int, *, private: bool) -> None:
        event = self._event(sku, line, qty, private=private)
        self.hashes.append(self.ledger.record(event, with_label(self.ledger, event)).hash)
        self._count(event)

    @rule(rma_code=st.sampled_from(["R-1", "R-2"]), step=st.integers(0, 9))
    def arrive(self, rma_code: str, step: int) -> None:
        draft = SaveDraft(rma_code, {"step": step})
        self.hashes.append(self.ledger.record(self.station.arrival(rma_code), [draft]).hash)
        self.drafts[rma_code] = step

    @precondition(lambda self: self.standing)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        event = self.standing.pop(data.draw(st.integers(0, len(self.standing) - 1)))
        self.hashes.append(self.ledger.record(self.station.undoing(event)).hash)
        self.undone.append(event)
        if event.body["rma"]:
            self.progress[self._line(event)] -= int(str(event.body["qty"]))

    @precondition(lambda self: self.undone)
    @rule()
    def undo_again(self) -> None:
        before = everything(self.ledger)
        try:
            self.ledger.record(self.station.undoing(self.undone[-1]))
        except Refused as no:
            assert no.code == "undo.twice"  # noqa: PT017 - a machine has no place for pytest.raises
        assert everything(self.ledger) == before

    @rule(step=st.integers(0, 9))
    def save(self, step: int) -> None:
        self.ledger.save([SaveDraft("job", {"step": step})])
        self.drafts["job"] = step

    @rule(sku=_skus, line=_lines, at=st.integers(1, 25), after=st.booleans())
    def record_on_a_bad_disk(
        self, sku: str, line: tuple[str | None, int | None], at: int, *, after: bool
    ) -> None:
        event = self._event(sku, line, 1, private=False)
        also = with_label(self.ledger, event)
        self.module.arm(at, FULL, after=after)
        try:
            self.hashes.append(self.ledger.record(event, also).hash)
            recorded = True
        except Unavailable:
            recorded = False
        self.module.disarm()
        if recorded:
            self._count(event)

    @rule()
    def stop_and_start(self) -> None:
        self.ledger.close()
        self.ledger = self.station.open()

    @rule(sku=_skus)
    def die_inside_a_commit(self, sku: str) -> None:
        """What lies on the disk in the middle of a transaction is copied, and the station lives on there."""
        event = self._event(sku, ("R-1", 1), 1, private=False)
        self.lives += 1
        there = self.folder / f"life-{self.lives}.db"

        def copy() -> None:
            for end in ("", "-wal"):
                shutil.copyfile(f"{self.station.path}{end}", f"{there}{end}")

        self.module.before_commit = copy
        self.ledger.record(event)
        self.module.before_commit = lambda: None
        self.ledger.close()
        self.station.path = there
        self.ledger = self.station.open()

    @precondition(lambda self: len(self.hashes) > self.acknowledged)
    @rule(data=st.data(), right=st.booleans())
    def acknowledge(self, data: st.DataObject, *, right: bool) -> None:
        upto = data.draw(st.integers(1, len(self.hashes)))
        told = self.hashes[upto - 1] if right else "0" * 64
        assert outbox.acknowledge(self.ledger, 1, upto, told) == right
        if right:
            self.acknowledged = max(self.acknowledged, upto)

    @rule(gen=st.integers(0, 1), steps=st.integers(-3, 9))
    def pull(self, gen: int, steps: int) -> None:
        found = Cursor(self.cursor.gen + gen, max((0 if gen else self.cursor.pos) + steps, 1))
        changes = (item_change(found.pos, MUG), rma_change(found.pos, rma()))
        mirror.apply_page(self.ledger, Page(found.gen, found.pos, changes))
        self.cursor = max(self.cursor, found)

    @invariant()
    def the_record_is_what_happened(self) -> None:
        if not hasattr(self, "ledger"):
            return
        connection = self.ledger.connection
        report = audit(self.ledger)
        assert report.clean, report.violations
        assert report.events == len(self.hashes) == self.ledger.head.seq
        assert self.ledger.head.hash == self.hashes[-1] if self.hashes else True
        assert outbox.waiting(self.ledger).count == len(self.hashes) - self.acknowledged
        assert self.ledger.cursor == self.cursor
        assert self.ledger.peek_number(LABELS) == self.labels + 1
        assert {d.job: d.document["step"] for d in desk.drafts(connection)} == self.drafts
        stored = {(row[0], row[1]): row[2] for row in everything(self.ledger)["return_progress"]}
        assert {key: qty for key, qty in stored.items() if qty} == +self.progress
        units = history.recent(connection, 1000)
        assert {unit.event_id for unit in units if not unit.undone} == {e.event_id for e in self.standing}
        view = returns.by_code(connection, "R-1")
        assert (view is not None) == (self.cursor.gen > 0 or self.cursor.pos > 0)

    def _event(self, sku: str, line: tuple[str | None, int | None], qty: int, *, private: bool) -> Event:
        more = {"private": {"note": "x"}} if private else {}
        return self.station.disposition(sku=sku, rma=line[0], line=line[1], qty=qty, **more)

    def _count(self, event: Event) -> None:
        self.standing.append(event)
        self.labels += 1
        if event.body["rma"]:
            self.progress[self._line(event)] += int(str(event.body["qty"]))

    def _line(self, event: Event) -> tuple[str, int]:
        return str(event.body["rma"]), int(str(event.body["line"]))


TestStationLife = StationLife.TestCase
# A quarter of what the profile asks for: every step of every example audits the whole record.
TestStationLife.settings = settings(max_examples=settings().max_examples // 4, stateful_step_count=20)
