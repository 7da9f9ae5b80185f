"""One demo from beginning to end: centre, business, bench, and what came of it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap.centre import CentreClient, EmbeddedCentre
from app.bootstrap.enrolling import join
from app.bootstrap.folder import Folder
from app.bootstrap.station import Options, StationProgram
from app.demo import figures
from app.demo.business import Business
from app.demo.hand import Eyes, play
from app.demo.loading import Say, capture, enrolment_code, load
from app.domain.item import Item
from app.domain.refusal import Unavailable
from app.scanning.double_read import Gaps
from app.workflows.view import Screen
from devices.simulated_scanner import SimulatedScanner

_MIRROR_S = 60.0
_SEND_S = 120.0

_Condition = Callable[[Screen], bool]


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo; `items` by SKU."""

    business: Business
    items: dict[str, Item]
    client: CentreClient
    program: StationProgram
    eyes: Eyes
    before: dict[str, figures.Availability]


@contextlib.contextmanager
def running(
    folder: Path, business: Business, say: Say, *, scanner: str | None, printer: str
) -> Iterator[Demo]:
    """Starts the centre in its own process, loads the business, joins and starts the bench."""
    say("Starting the centre ...")
    with EmbeddedCentre(folder / "centre") as centre, CentreClient(centre.url, centre.token) as client:
        load(client, business, say)
        station = folder / "station"
        join(Folder(station), centre.url, enrolment_code(client, business), "BENCH")
        options = Options(
            station,
            scanner=scanner,
            printer=printer,
            camera="simulated",
            trace=folder / "trace.jsonl",
            person="Ana K.",
            # The simulated hand is quicker than a person's; it never bounces.
            gaps=Gaps(0, 0) if scanner else Gaps(),
            poll_s=1.0,
        )
        program = StationProgram(options)
        items = {item.sku: item for item in business.items}
        try:
            program.start()
            last = business.returns[-1].rma.code
            _until(program, lambda _: program.knows_return(last), _MIRROR_S, "the centre's returns")
            skus = [sku for sku, item in items.items() if not item.is_kit]
            before = figures.availability(client, business.owner, skus)
            say(f"The bench is open: {program.bench.screen().status.station}, {centre.url}.")
            yield Demo(business, items, client, program, Eyes(), before)
        finally:
            program.stop()


def drive(demo: Demo, scanner: SimulatedScanner, say: Say) -> None:
    """Scans every box, while orders keep coming in at the centre; returns when everything was sent."""
    orders = list(demo.business.orders_meanwhile)
    total = sum(len(box.units) for box in demo.business.boxes)
    every = max(1, total // (len(orders) + 1))
    for saved in play(demo.business, demo.items, scanner.fire, demo.eyes):
        if saved % every == 0 and orders:
            capture(demo.client, demo.business, orders.pop(0))
        if saved % 50 == 0 or saved == total:
            say(f"{saved} of {total} batches graded, labelled and saved.")
    for order in orders:
        capture(demo.client, demo.business, order)
    settle(demo, say)


def settle(demo: Demo, say: Say) -> None:
    """Waits until nothing is left to send or to print."""
    say("Waiting until the centre has everything ...")
    demo.program.wake_sync()
    program = demo.program
    _until(program, lambda screen: screen.status.waiting == 0, _SEND_S, "the last events to be sent")
    _until(program, lambda _: program.labels_waiting() == 0, _SEND_S, "the last labels")


def summary(demo: Demo, labels: int, seconds: float) -> dict[str, object]:
    """The figures of the demo, read back from the record and the centre."""
    program = demo.program
    bench = program.thread.ask(lambda: figures.bench_figures(program.ledger, demo.items))
    skus = sorted(bench.restocked)
    after = figures.availability(demo.client, demo.business.owner, skus) if skus else {}
    broken = program.thread.ask(lambda: figures.violations(program.ledger, demo.client))
    return {
        "returns": bench.returns,
        "units_graded": sum(bench.by_grade.values()),
        "by_grade": dict(bench.by_grade),
        "by_disposition": dict(bench.by_disposition),
        "units_restocked": sum(bench.restocked.values()),
        "atp_before": sum(demo.before[sku].atp for sku in skus),
        "atp_after": sum(after[sku].atp for sku in skus),
        "units_promised_meanwhile": sum(after[sku].promised - demo.before[sku].promised for sku in skus),
        "labels": labels,
        "events_sent": bench.events - bench.waiting,
        "waiting": bench.waiting,
        "seconds": round(seconds, 1),
        "violations": [str(violation) for violation in broken],
    }


def _until(program: StationProgram, holds: _Condition, patience_s: float, what: str) -> None:
    """Waits for a picture of the bench that fulfils a condition.

    Raises:
        Unavailable: it did not come in time.
    """
    fulfilled = threading.Event()

    def look(screen: Screen, scan: int | None) -> None:
        del scan
        if holds(screen):
            fulfilled.set()

    end = program.bench.subscribe(look)
    try:
        program.bench.refresh()
        if not fulfilled.wait(patience_s):
            raise Unavailable(
                f"Waited {patience_s:.0f} s in vain for {what}: {program.bench.screen().status.link_word}."
            )
    finally:
        end()
