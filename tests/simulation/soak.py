"""The soak: the hand works, the reaper kills, the record is looked into, the station starts again."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from app.demo.loading import Say
from tests.simulation import hand, laws
from tests.simulation.hand import Pull, Visit
from tests.simulation.laws import Findings
from tests.simulation.moments import Aim, Moments
from tests.simulation.rest import Rest, copy_of, look_into
from tests.simulation.station_process import Answer, Died, OutOfStep, StationProcess, read_answers, said_saved
from tests.simulation.world import World, wait_until

_WAKE_S = 0.5
_WAKE_MOST_S = 60.0
_HAND_S = 0.06
_SETTLE_S = 120.0


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: whichever comes first; None for no such limit."""

    seconds: float | None = None
    kills: int | None = None


@dataclass(slots=True)
class Report:
    """What a soak came to.

    Attributes:
        seconds: from the first start of the station to the last check.
        kills: by what they were aimed at.
        hidden: events on disk although the kill came before the trace could say so.
        boxes: boxes that were finished.
        fired: pulls of the trigger, those that woke a starting station included.
        answered: scans whose answer was painted.
        saved: scans that the trace said were saved.
        events: events in the record at the end.
        findings: the laws that did not hold.
    """

    seconds: float = 0.0
    kills: Counter[Aim] = field(default_factory=Counter)
    hidden: int = 0
    boxes: int = 0
    fired: int = 0
    answered: int = 0
    saved: int = 0
    events: int = 0
    findings: Findings = field(default_factory=Findings)


class Soak:
    """See the module; `run` once.

    Args:
        world: what is not killed.
        seed: of the moments of the kills.
        limits: when to stop.
        say: progress, for people.
    """

    def __init__(self, world: World, seed: int, limits: Limits, say: Say) -> None:
        self._world = world
        self._moments = Moments(seed)
        self._limits = limits
        self._say = say
        self._began = time.monotonic()
        self._visits = list(hand.visits(world.business))
        self._done: list[Visit] = []
        self._life = 0
        self._commits_ahead: int | None = None
        self.report = Report()

    def run(self) -> Report:
        """Kills until a limit is reached, the boxes run out or a law is broken, then checks everything."""
        rest = self._look()
        try:
            while self._goes_on():
                rest = self._live(rest)
            if self.report.findings.clean:
                self._settle()
        except OutOfStep as fault:
            self.report.findings.violations.append(f"life {self._life}: {fault}")
        self.report.seconds = time.monotonic() - self._began
        return self.report

    def _goes_on(self) -> bool:
        limits = self._limits
        in_time = limits.seconds is None or time.monotonic() - self._began < limits.seconds
        more = limits.kills is None or self.report.kills.total() < limits.kills
        return in_time and more and bool(self._visits) and self.report.findings.clean

    def _live(self, rest: Rest) -> Rest:
        """One life: from the start to the kill, and the look at what it left."""
        self._life += 1
        aim = self._moments.next_aim()
        with self._world.live(self._life) as station:
            if aim is Aim.START:
                station.kill_in(self._moments.within_start())
            try:
                self._work(station, rest, aim)
            except Died:
                self.report.kills[aim] += 1
            finally:
                station.end()
                self.report.fired += station.fired
        rest = self._look()
        while self._visits and hand.is_done(self._visits[0], rest):
            self._finish(self._visits[0])
        self._say(
            f"{self.report.kills.total()} kills (aimed at {aim}), {self.report.fired} scans, "
            f"{self.report.saved} saved, {len(self.report.findings.lost)} lost."
        )
        return rest

    def _work(self, station: StationProcess, rest: Rest, aim: Aim) -> None:
        """Goes on with the box at hand, then with the next ones, until killed or out of boxes."""
        visit = self._visits[0]
        self._wake(station, visit, rest)
        if aim is Aim.ANYWHERE:
            station.kill_in(self._moments.within_scans())
        self._commits_ahead = self._moments.commits_ahead() if aim is Aim.COMMIT else None
        self._scan_all(station, hand.pulls(visit, rest, self._world.items))
        self._finish(visit)
        while self._visits:
            visit = self._visits[0]
            self._scan_all(station, hand.all_pulls(visit, self._world.items))
            self._finish(visit)

    def _wake(self, station: StationProcess, visit: Visit, rest: Rest) -> None:
        """Scans the parcel until the station answers it with its return: then it is up and knows it."""
        began = time.monotonic()
        parcel = hand.parcel(visit.box)
        while True:
            answer = station.scan(parcel.code, parcel.aim, _WAKE_S)
            if answer is not None and answer.route.startswith("FoundReturn"):
                break
            if time.monotonic() - began > _WAKE_MOST_S:
                raise OutOfStep(f"the parcel of {visit.box.rma} was answered by {answer}, again and again")
            # Not told of this return yet: the feed needs a moment, and a person looks up before trying again.
            threading.Event().wait(_WAKE_S if answer is not None else 0)
        self._moments.start_took(time.monotonic() - began)
        if hand.is_open(visit, rest) and answer.route != "FoundReturn>already_open":
            raise OutOfStep(f"{visit.box.rma} was open before the kill, now the answer is {answer}")
        # Pulls of the trigger while it was starting may be answered late; behind the next code none is left.
        station.pull(visit.box.rma, "]C0")
        while (late := station.next_answer()) is not None and late.raw != f"]C0{visit.box.rma}":
            pass
        if late is None or late.route != "FoundReturn>already_open":
            raise OutOfStep(f"{visit.box.rma} is open, its own code was answered by {late}")

    def _scan_all(self, station: StationProcess, pulls: list[Pull]) -> None:
        for number, pull in enumerate(pulls):
            if hand.repeats(pulls[:number], pull):
                threading.Event().wait(_HAND_S)
            if pull.saves and self._commits_ahead is not None:
                if self._commits_ahead == 0:
                    station.kill_in(self._moments.within_commit())
                self._commits_ahead -= 1
            began = time.monotonic()
            answer = station.scan(pull.code, pull.aim)
            if answer is None:
                raise OutOfStep(f"{pull} was not answered; the station stood at\n{station.stood_at()}")
            self._moments.scan_took(time.monotonic() - began)
            self._judge(pull, answer)

    def _judge(self, pull: Pull, answer: Answer) -> None:
        if answer.ms_saved is not None:
            self._moments.save_took(answer.ms_saved / 1000)
        if pull.saves and (answer.event is None or answer.ms_saved is None):
            raise OutOfStep(f"{pull} should have saved a unit, the answer is {answer}")

    def _finish(self, visit: Visit) -> None:
        self._visits.remove(visit)
        self._done.append(visit)
        self.report.boxes += 1

    def _look(self) -> Rest:
        """The record as the kill left it, held against all that was ever said to be saved."""
        rest = look_into(copy_of(self._world.data, self._world.folder / "rest"))
        traces = sorted(self._world.notes.glob("trace-*.jsonl"))
        answers = [answer for trace in traces for answer in read_answers(trace)]
        said = said_saved(answers)
        report = self.report
        report.answered, report.saved, report.events = len(answers), len(said), len(rest.events)
        report.hidden = len(set(rest.events) - said)
        report.findings.add(laws.record_keeps(sorted(said), rest))
        return rest

    def _settle(self) -> None:
        """A last life without scans: what waits is sent and printed; then every law, here and there."""
        world, report = self._world, self.report
        self._life += 1
        rest = self._look()
        with world.live(self._life) as station:
            labels = set(rest.labels)

            def settled() -> bool:
                station.look_alive()
                return len(world.received()) >= len(rest.events) and labels <= world.printed()

            wait_until(settled, _SETTLE_S, "everything to be sent and printed")
        rest = look_into(world.data)
        report.findings.add(laws.boxes_are_saved([visit.box for visit in self._done], rest))
        report.findings.add(laws.labels_are_printed(rest, world.printed()))
        report.findings.add(laws.centre_holds(rest, world.received()))
        report.findings.add(Findings(violations=world.disagreements()))
