"""The hand at a station: what a person scans for one deed, looking at the screen between the scans.

A hand never knows what is in the database. It knows what it holds, what it was asked, and whether the screen
said "saved"; when the station's process dies under it, it looks what is there once the station is up again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from app.demo.hand import words_of
from app.station.desk import Front
from app.station.trace import ScanTrace
from app.workflows.bench.state import BenchState, Phase
from tests.simulator.bench import Bench, Died
from tests.simulator.book import Act, Book, Deed

GRADES = ("A", "A", "B", "C", "D")
_CATEGORY = {
    "MUG-4": "kitchen",
    "T-2S": "kitchen",
    "K-17": "kitchen",
    "CR-50": "consumables",
    "SOLV-1": "default",
}
_PATIENCE = 12
_NOT_RECORDED = "not_recorded"


class Interrupted(Exception):  # noqa: N818 - an outcome, not an error
    """The station died under the hand; whatever was saved is in the book."""


def word_undone(bench: Bench) -> Deed | None:
    """What an UNDO takes back of a unit in the hand: the word by which its serial was accepted."""
    pick = bench.engine.bench.state.pick
    if pick is None or pick.accepted is None:
        return None
    return Deed(Act.UNDO, bench.number, bench.copy, undoes=pick.accepted.event_id)


class Hand:
    """See the module."""

    def __init__(
        self, bench: Bench, book: Book, say: Callable[[str], None], died: Callable[[], None]
    ) -> None:
        self.bench, self._book, self._say, self._died, self._who = bench, book, say, died, bench.who

    @property
    def notice(self) -> str:
        """The code of the message on the screen."""
        found = self.bench.engine.notice
        return found.code if found else ""

    def scan(self, code: str, deed: Deed | None = None) -> ScanTrace:
        """One scan, again if it was not recorded; what it saves is written down as `deed`, else as a note."""
        trace = self._scanned(code, deed)
        return self._scanned(code, deed) if trace.route == _NOT_RECORDED else trace

    def _scanned(self, code: str, deed: Deed | None) -> ScanTrace:
        before = self.bench.ledger.last_seq
        try:
            trace = self.bench.scan(code)
        except Died as death:
            for event_id in self._look_after(death, before):
                self._note(event_id, deed)
            raise Interrupted from None
        if trace.event is not None:
            self._note(trace.event, deed)
        return trace

    def do(self, event_id: str, deed: Deed, record: Callable[[], object]) -> None:
        """Something that records without a scan, beside what else the program notes of it."""
        before = self.bench.ledger.last_seq
        try:
            record()
        except Died as death:
            self._look_after(death, before)
            raise Interrupted from None
        finally:
            for found in self.bench.newest(before):
                if found not in self._book.deeds:
                    self._note(found, deed if found == event_id else None)

    def _note(self, event_id: str, deed: Deed | None) -> None:
        deed = deed or Deed(Act.NOTE, self.bench.number, self.bench.copy)
        self._book.saved(event_id, deed, self.bench.watch.off_s, self._who)
        self._say(f"  saved {deed.act} {deed.sku}{deed.serial and ' ' + deed.serial} {event_id[-12:]}")

    def _look_after(self, death: Died, before: int) -> list[str]:
        """What is on the disk once the station is up again: exactly what was committed."""
        self._say(f"  station {self.bench.number} dies {death.where}")
        self._died()
        if self.bench.ledger.last_seq != death.seq:
            what = "lost" if self.bench.ledger.last_seq < death.seq else "there although it was not committed"
            self._book.wrong.append(
                f"I1: station {self.bench.number} {death.where} at {death.seq}: the event is {what}"
            )
        return self.bench.newest(before)

    # --- moving about --------------------------------------------------------------------------------

    def _front(self, word: str, front: Front) -> None:
        if self.bench.engine.front is not front:
            self.scan(word)

    def put_down(self) -> None:
        """Nothing in the hand, at the bench; whatever box is open stays open."""
        self._front("GO_BENCH", Front.BENCH)
        for _ in range(_PATIENCE):
            if self.bench.engine.bench.state.pick is None:
                return
            self.scan("UNDO", word_undone(self.bench))

    def free(self) -> bool:
        """Nothing in the hand and no box open; False when the station could not note that."""
        self.put_down()
        if self.bench.engine.bench.state.job is not None:
            self.scan("HOLD")
        return self.bench.engine.bench.state.job is None

    # --- the bench -----------------------------------------------------------------------------------

    def box(self, code: str) -> bool:
        """The box of a return is open; False when the station will not have it."""
        self.put_down()
        job = self.bench.engine.bench.state.job
        if job is not None and job.key != code:
            self.scan("HOLD")
        self.scan(code)
        self.put_down()
        job = self.bench.engine.bench.state.job
        return job is not None and job.key == code

    def unit(self, rng: random.Random, deed: Deed, grade: str) -> str:
        """One unit of the open box is graded; the event, empty when nothing came of it."""
        self.scan(deed.sku, deed)
        if self._state().phase is Phase.SERIAL and deed.serial:
            self.scan(deed.serial, deed)
        if self._state().phase is Phase.STOP or self.notice in {
            "more_than_expected",
            "not_on_rma",
            "serial_seen",
        }:
            deed.act = Act.BLIND if deed.act is Act.BLIND else Act.APART
            if self.notice == "serial_seen":
                deed.serial = ""
            self.scan("WRONG_ITEM", deed)
        return self._grade(rng, deed, grade)

    def _grade(self, rng: random.Random, deed: Deed, grade: str) -> str:
        guided, deed.grade = rng.random() < 0.3 and self.bench.asks, grade
        words = words_of(_CATEGORY[deed.sku], grade, hazardous=deed.sku == "SOLV-1", guided=guided)
        for word in words:
            trace = self._word(word, deed)
            if trace.event is not None:
                return trace.event
        return ""

    def _word(self, word: str, deed: Deed) -> ScanTrace:
        trace = self.scan(self.bench.code(word), deed)
        pick = self._state().pick
        if word == "PHOTO" and trace.event is None and pick is not None and pick.no_photo:
            # This bench has no camera: the photo is passed over.
            trace = self.scan("OK", deed)
        return trace

    def blind(self, rng: random.Random, deed: Deed, grade: str) -> str:
        """A box that nobody announced, with one unit."""
        if not self.free():
            return ""
        self.scan("BLIND")
        found = self.unit(rng, deed, grade)
        if found:
            self.scan("DONE")
        return found

    def thing(self, deed: Deed) -> str:
        """A thing that nobody can name, in a box that nobody announced."""
        if not self.free():
            return ""
        self.scan("BLIND")
        for code in ("UNKNOWN", "PHOTO", "OK"):
            trace = self.scan(code, deed)
            if trace.event is not None:
                self.scan("DONE")
                return trace.event
        return ""

    def finish(self, deed: Deed) -> str:
        """The open box holds no more, whatever its lines say."""
        for _ in range(_PATIENCE):
            job = self._state().job
            if job is None or job.rma is None or not job.open_lines:
                break
            line = job.open_lines[0]
            deed.missing[line.sku] += job.left(line)
            self.scan("NOT_IN_BOX")
        return self.scan("DONE", deed).event or ""

    def undo(self, deed: Deed) -> str:
        """The last unit is taken back."""
        self.put_down()
        last = self.bench.engine.bench.undoable
        if last is None or self._state().last_gone is not None or last.event_id in self._book.reused:
            return ""
        deed.undoes, deed.sku = last.event_id, last.item.sku
        trace = self.scan("UNDO", deed)
        if trace.event is None and self.notice == "undo_other":
            trace = self.scan("UNDO", deed)
        return trace.event or ""

    def regrade(self, rng: random.Random, label: str, deed: Deed, grade: str) -> str:
        """A unit is looked at again."""
        if not self.free():
            return ""
        self.scan(label, deed)
        pick = self._state().pick
        if pick is None or pick.again is None:
            return ""
        deed.sku, deed.serial = pick.item.sku, pick.serial or ""
        self.scan("ANSWER_1", deed)
        return self._grade(rng, deed, grade)

    def _state(self) -> BenchState:
        return self.bench.engine.bench.state

    # --- the floor -----------------------------------------------------------------------------------

    def count(self, place: str, lines: Sequence[tuple[str, int]], deed: Deed) -> str:
        """A bin is counted."""
        self._front("GO_COUNTS", Front.COUNTING)
        desk = self.bench.engine.counting
        if desk.state.bin is not None and desk.state.bin.code != place:
            self.scan("HOLD")
        self.scan(place, deed)
        if desk.state.bin is None:
            return ""
        for sku, qty in lines:
            self.scan(sku, deed)
            for digit in str(qty):
                self.scan(f"DIGIT_{digit}", deed)
        trace = self.scan("DONE", deed)
        for _ in range(3):
            if trace.event is not None:
                return trace.event
            trace = self.scan("OK", deed)
        return trace.event or ""

    def receive(self, code: str, lines: Sequence[tuple[str, int, int]], deed: Deed) -> str:
        """A transfer is taken in; each line with its sound units and its damaged ones."""
        self._front("GO_RECEIVE", Front.RECEIVING)
        desk = self.bench.engine.receiving
        if desk.state.job is not None and desk.state.job.transfer.code != code:
            self.scan("HOLD")
        self.scan(code, deed)
        if desk.state.job is None:
            return ""
        for _ in range(_PATIENCE):
            # What was counted before somebody was interrupted is counted anew.
            job = desk.state.job
            if job is None or (desk.state.hand is None and not job.taken):
                break
            self.scan("UNDO")
        for sku, sound, damaged in lines:
            for units, words in ((sound, ()), (damaged, ("QUARANTINE",))):
                # The item, how many, and the item again, by which they are kept.
                for said in (sku, *words, f"DIGIT_{units}", sku) if units else ():
                    self.scan(said, deed)
                if units:
                    deed.came[sku] += units
        trace = self.scan("DONE", deed)
        for _ in range(_PATIENCE):
            if trace.event is not None or desk.state.job is None:
                break
            trace = self.scan("ANSWER_1" if desk.state.phase.value == "reason" else "OK", deed)
        return trace.event or ""

    def undo_floor(self, word: str, front: Front, deed: Deed) -> str:
        """The last count or receipt of this station is taken back."""
        self._front(word, front)
        desk = self.bench.engine.counting if front is Front.COUNTING else self.bench.engine.receiving
        state = desk.state
        if getattr(state, "job", None) is not None or getattr(state, "bin", None) is not None:
            self.scan("HOLD")
        last = desk._undoable
        if last is None:
            return ""
        deed.undoes = last.event_id
        return self.scan("UNDO", deed).event or ""
