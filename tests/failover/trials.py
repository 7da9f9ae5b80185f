"""What is done to a centre under load, and the comparison of what was acknowledged with what is there."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from sync.central.audit import audit
from sync.central.store.database import create_database
from sync.central.store.tables import customer_order, event
from tests.failover.load import Acknowledged, Load
from tests.failover.pair import Pair
from tests.failover.served import Served, served

WORKERS = 2
CALLERS = 6


@dataclass(frozen=True)
class Report:
    """One trial: commands acknowledged, what callers met, and every law or promise that did not hold."""

    name: str
    seconds: float
    acknowledged: int
    told: Counter[str]
    longest_pause_s: float
    wrong: tuple[str, ...]

    @property
    def line(self) -> str:
        """The figures, for people."""
        met = ", ".join(f"{what} {count}" for what, count in sorted(self.told.items()))
        state = "every law held" if not self.wrong else f"RED: {'; '.join(self.wrong[:5])}"
        return (
            f"{self.name:<16} {self.seconds:5.1f} s  {self.acknowledged:>6} acknowledged "
            f"({self.acknowledged / self.seconds:.0f}/s), longest pause {self.longest_pause_s:.2f} s, "
            f"answers: {met}; {state}"
        )


Harm = Callable[[Pair, Served, Load], None]


def kill_a_worker(_: Pair, centre: Served, load: Load) -> None:
    """SIGKILL to one worker; the other takes its callers, and it is replaced."""
    before = centre.workers()
    os.kill(before[0], signal.SIGKILL)
    load.wait_for(20)
    _until(lambda: len(centre.workers()) == len(before) and before[0] not in centre.workers())


def crash_the_database(pair: Pair, _: Served, __: Load) -> None:
    """The database stops at once and comes back."""
    pair.crash_and_start()


def fail_over(pair: Pair, _: Served, __: Load) -> None:
    """The primary is gone for good, the standby takes its place."""
    pair.kill_primary()
    pair.promote()


HARMS: dict[str, Harm] = {
    "killed worker": kill_a_worker,
    "database crash": crash_the_database,
    "fail-over": fail_over,
}


def trial(name: str, programs: Path, folder: Path, acknowledged: int) -> Report:
    """One harm in the middle of a load of so many acknowledged commands, in an empty folder."""
    pair = Pair(programs, folder)
    try:
        pair.start(standby=name == "fail-over")
        with served(pair.url, folder, WORKERS) as centre:
            load = Load(centre.url, centre.token, CALLERS)
            load.prepare()
            begun = time.monotonic()
            with load:
                load.wait_for(acknowledged // 2)
                HARMS[name](pair, centre, load)
                load.wait_for(acknowledged // 2)
            lasted = time.monotonic() - begun
        done = load.done
        wrong = (*done.faults, *compared(pair.url, done))
        return Report(name, lasted, len(done.moments), done.told, done.longest_pause_s, wrong)
    finally:
        pair.stop()


def compared(url: str, done: Acknowledged) -> list[str]:
    """What was acknowledged and is not there, is there twice, or without anybody's word; and the audit."""
    database = create_database(url)
    try:
        with database.read() as conn:
            orders = Counter(conn.scalars(select(customer_order.c.code)))
            bodies = [json.loads(text) for text in conn.scalars(_received)]
            shipped = Counter(json.loads(text)["order"] for text in conn.scalars(_shipped))
        violations = audit(database).violations
    finally:
        database.close()
    received = Counter(str(body["document"]) for body in bodies)
    wrong = [f"{law.law}: {law.subject} {law.found}" for law in violations]
    # Each order is of one unit, which leaves once.
    wrong += [f"twice: shipment of {name}" for name, times in shipped.items() if times > 1]
    for what, there, told in (("order", orders, done.orders), ("receipt", received, done.receipts)):
        wrong += [f"lost: {what} {name}" for name in told if not there[name]]
        wrong += [f"twice: {what} {name}" for name, times in there.items() if times > 1]
        wrong += [f"nobody was told: {what} {name}" for name in there if name not in told]
    return wrong


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        os.sched_yield()


_received = select(event.c.body).where(event.c.kind == "goods.received")
_shipped = select(event.c.body).where(event.c.kind == "order.shipped")
