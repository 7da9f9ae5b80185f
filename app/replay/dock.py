"""The bench: boxes go through the station's engine, scan by scan, as a person would scan them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC

from app.bootstrap import resources
from app.domain.policy.inspection import MOST_QUESTIONS
from app.domain.refusal import Unavailable
from app.ledger.writer import Ledger
from app.replay.box import Box, Units
from app.replay.clock import RowClock
from app.replay.goods import Goods
from app.scanning.commands import Word, payload
from app.scanning.double_read import Gaps
from app.station.desk import Arrival
from app.station.engine import Engine
from app.station.setup import Person, Seat, Setup
from app.station.system import SystemIds
from app.station.trace import ScanTrace
from app.workflows.bench.counting import LARGE
from app.workflows.bench.inspection import inspection
from app.workflows.bench.state import Phase

_GRADES = {"A": Word.GRADE_A, "B": Word.GRADE_B, "C": Word.GRADE_C, "D": Word.GRADE_D}
_DIGITS = {str(word.digit): word for word in Word if word.digit is not None}
_IN_HAND = frozenset({Phase.GRADE, Phase.COUNT})


def _no_label(document: Mapping[str, object], copy: bool) -> None:
    """No printer stands at this bench."""
    del document, copy


class Dock:
    """One bench over a station's record; lives on the thread that owns the record."""

    def __init__(self, ledger: Ledger, clock: RowClock, goods: Goods) -> None:
        identity = ledger.identity
        setup = Setup(
            clock=clock,
            ids=SystemIds(),
            zone=UTC,
            texts=resources.texts(),
            policy=resources.policy(),
            seat=Seat(Person("replay", "Replay", "Inspector", "replay")),
            bench=f"BENCH-{identity.bench}" if identity else "BENCH",
            name=identity.name if identity else "BENCH",
            print_label=_no_label,
            gaps=Gaps(),
        )
        self._clock = clock
        self._goods = goods
        self._engine = Engine(ledger, setup, on_recorded=lambda: None)
        self._engine.resume()
        self._scans = 0

    def open(self, boxes: Iterable[Box], recorded: int) -> None:
        """Empties boxes in their order; of their events the first `recorded` are on record already.

        Raises:
            Unavailable: the record's disk fails; nothing is lost, start again.
        """
        for box in boxes:
            self._clock.reach(box.at)
            if recorded < box.events:
                self._empty(box, recorded)
            recorded = max(0, recorded - box.events)

    def _empty(self, box: Box, recorded: int) -> None:
        self._lay_down()
        announced = 1 + len(box.announced) if box.rma else 0
        if box.rma is not None and recorded < announced:
            if not self._is_open(box.rma):
                self._end_blind()
                self._scan(box.rma)
            for units in box.announced[max(0, recorded - 1) :]:
                self._grade(units)
        if box.blind:
            if not self._blind_is_open():
                self._say(Word.BLIND)
            for units in box.blind[max(0, recorded - announced) :]:
                self._grade(units)
            self._say(Word.DONE)
        self._engine.take_labels()

    def _lay_down(self) -> None:
        """Takes back what was scanned and not graded when the replay was interrupted."""
        while self._engine.bench.state.phase in _IN_HAND:
            self._say(Word.UNDO)

    def _end_blind(self) -> None:
        if self._blind_is_open():
            self._say(Word.DONE)

    def _is_open(self, rma: str) -> bool:
        job = self._engine.bench.state.job
        return job is not None and job.key == rma

    def _blind_is_open(self) -> bool:
        job = self._engine.bench.state.job
        return job is not None and job.rma is None

    def _grade(self, units: Units) -> None:
        for code in self._codes(units):
            trace = self._scan(code)
        for _ in range(MOST_QUESTIONS + 2):
            # What the policy asks once the grade stands; the file says nothing of it, so the first answer.
            if self._engine.bench.state.phase is Phase.GRADE:
                trace = self._scan(payload(self._asked()))
        saved = self._engine.bench.state.saved
        if trace.event is None or saved is None or saved.pick_qty != units.qty:
            state = self._engine.bench.state
            raise RuntimeError(f"{units} was not saved: {state.phase}, {state.notice}")

    def _codes(self, units: Units) -> Iterator[str]:
        yield self._goods.barcode(units.sku)
        if units.qty > 1:
            yield payload(Word.QUANTITY)
            for digit in str(units.qty):
                yield payload(_DIGITS[digit])
            # A large number is asked for once more.
            for _ in range(2 if units.qty > LARGE else 1):
                yield payload(Word.OK)
        yield payload(_GRADES[units.grade])

    def _asked(self) -> Word:
        """An answer to an open question, OK for want of a camera, else the word of what the rule says."""
        job, pick, policy = self._engine.bench.state.job, self._engine.bench.state.pick, resources.policy()
        now = inspection(job, pick, policy) if job and pick else None
        if now is not None and now.photo:
            return Word.OK
        return Word(now.word) if now is not None and now.word else Word.ANSWER_1

    def _say(self, word: Word) -> None:
        self._scan(payload(word))

    def _scan(self, raw: str) -> ScanTrace:
        self._clock.pass_scan()
        self._scans += 1
        trace = self._engine.scan(Arrival(self._scans, raw, "scanner", self._clock.monotonic_ms()))
        notice = self._engine.bench.state.notice
        if trace.route == "not_recorded":
            raise Unavailable(f"The bench could not record: {notice.parts.get('why') if notice else ''}")
        return trace
