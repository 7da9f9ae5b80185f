"""A whole station put together: record, bench, scanner, printer, sync; without a window."""

from __future__ import annotations

import contextlib
import gc
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap import crashes, person, printing, resources
from app.bootstrap.approving import approving_at
from app.bootstrap.first_picture import FirstPicture
from app.bootstrap.folder import Folder
from app.bootstrap.photographing import PhotoDesk, make_camera
from app.bootstrap.printing import LabelDesk, make_printer, requeue, wall_ms
from app.bootstrap.record import begin_record
from app.domain.clock import Clock
from app.domain.ids import Ids
from app.domain.late import LOADING
from app.domain.refusal import Refused, Unavailable
from app.ledger.copy_watch import CopyWatch
from app.queries import desk, returns
from app.scanning import elements
from app.scanning.double_read import Gaps
from app.station.bench import Bench, Hooks
from app.station.keyfile import load_or_make
from app.station.photos import PhotoStore
from app.station.runner import StationThread
from app.station.setup import Seat, Setup
from app.station.space import space_of
from app.station.status import LinkFacts
from app.station.system import SystemClock, SystemIds, site_zone
from app.station.trace import ScanTrace, TraceFile
from app.workflows.view import Link
from devices.print_queue import PrintQueue, QueueState
from devices.printer import PrintJob
from devices.scanner import HalfScan, Lost, Ok, Scan, ScannerState
from devices.serial_scanner import SerialScanner, SerialSettings
from devices.threads import Worker

if TYPE_CHECKING:
    from app.bootstrap.syncing import StationSync

CENTRE_URL = "centre.url"
_SCANNER_S = 20.0
# A defect that comes back with every picture would fill the disk with the same report.
_MOST_REPORTS = 20
_STOP_S = 10.0
_MEND = "Have it mended and start Backhaul again; what is recorded here stays and waits."
_ONE_OLD = "1 old label waits, REPRINT prints it"
_OLD = "{n} old labels wait, REPRINT prints them"


@dataclass(frozen=True, slots=True)
class Options:
    """What a person chooses when starting a station.

    `printer` is `folder` (labels as files in the data folder), `folder:PATH`, `tcp:HOST:PORT` or `none`;
    `scanner` the path of a serial port, None for a keyboard scanner; `camera` is `simulated` or `none`;
    `centre` overrides the centre joined.
    `person` and `role` are shown; `person_id` stands in the facts, by default one this station draws for
    the name. `letters` lets single letters decide in a list of requests. `keep_photos` is how many days
    photos stay here once the centre has them. `second_copy` is a folder, on another disk, that every saved
    event is also written to.
    """

    folder: Path
    scanner: str | None = None
    printer: str = "folder"
    camera: str = "none"
    centre: str | None = None
    trace: Path | None = None
    person: str = "Inspector"
    role: str = "Inspector"
    person_id: str | None = None
    gaps: Gaps = field(default_factory=Gaps)
    painted: bool = True
    poll_s: float = 5.0
    keep_photos: int = 30
    letters: bool = True
    second_copy: Path | None = None


class StationProgram:
    """A running station; a start that fails leaves nothing open. A window or a driver talks to `bench`.

    Args:
        options: what was chosen.
        clock: time; the machine's when left out.
        ids: identities and secrets; the machine's when left out.
        say: told in a sentence of a defect of ours, from the station's thread.

    Raises:
        Refused: an option that means nothing, a folder in use, a record that is not this station's.
        Unavailable: a file that cannot be opened.
    """

    def __init__(
        self,
        options: Options,
        clock: Clock | None = None,
        ids: Ids | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.options = options
        self._clock = clock or SystemClock()
        self._ids = ids or SystemIds()
        self._say = say
        self._folder = Folder(options.folder)
        self._person = person.checked(options.person, options.person_id)
        # Refused before anything is opened.
        printer = make_printer(options.printer, self._folder)
        camera = make_camera(options.camera, self._clock)
        self.photos = PhotoDesk(camera, PhotoStore(self._folder.photos), self._defect)
        self.defects: list[BaseException] = []
        self._trouble, self._unprintable = "", dict[str, str]()
        self._scanner_ready = threading.Event()
        self._picture = FirstPicture()
        self._sync: StationSync | None = None
        self._later = Worker("sync-start", self._load_the_rest, self._defect)
        self._queue = PrintQueue(printer, self._printer_state, self._handed_over, now_ms=wall_ms(self._clock))
        self._labels = LabelDesk(
            self._queue,
            pictures=options.printer.startswith("folder"),
            before_each=self._picture.wait,
            on_unprintable=self._cannot_print,
            on_defect=self._defect,
        )
        with contextlib.ExitStack() as opened:
            opened.enter_context(self._folder.make().locked())
            self._trace = TraceFile(options.trace, painted=options.painted) if options.trace else None
            if self._trace:
                opened.callback(self._trace.close)
            self.thread = StationThread(self._defect)
            self.thread.start()
            opened.callback(self.thread.stop)
            self._copy = _watch_over(options.second_copy, self._clock, say)
            record = partial(begin_record, self._folder, self._clock, self._ids, self._copy)
            self.ledger = self.thread.ask(record)
            opened.callback(lambda: self.thread.ask(self.ledger.close))
            self.bench: Bench = self.thread.ask(self._make_bench)
            self._opened = opened.pop_all()

    def start(self) -> None:
        """Begins to print, to sync and, last, to listen to the scanner; `stop` also ends half a start."""
        opened = self._opened
        opened.callback(self._queue.stop)
        self._queue.start()
        opened.callback(self._labels.stop)
        self._labels.start()
        self.thread.ask(lambda: requeue(self._labels, self.bench.unprinted(), self._clock))
        opened.enter_context(self.photos.running())
        self._start_sync(opened)
        if self.options.scanner:
            scanner = SerialScanner(SerialSettings("scanner", self.options.scanner), self._clock.monotonic_ms)
            opened.callback(scanner.stop)
            scanner.start(self._scanned, self._scanner_state)

    def stop(self) -> None:
        """Ends scanner, sync and printer, finishes what is queued, closes the record; again is no mistake."""
        self._opened.close()

    def expect_window(self) -> None:
        """A window is being made: until it has painted, it has the processor to itself."""
        self._picture.expect_window()

    def window_painted(self) -> None:
        """The window is on the screen for the first time."""
        self._picture.painted()

    def painted(self, scan: int, at_ms: float) -> None:
        """The window reports that the answer to a scan is on the screen."""
        self._picture.painted()
        if self._trace:
            self._trace.painted(scan, at_ms)

    def wait_for_scanner(self) -> None:
        """Returns when the scanner is open and flushed, so that the first scan counts.

        Raises:
            Unavailable: it was not within a while.
        """
        if not self._scanner_ready.wait(_SCANNER_S):
            raise Unavailable(f"The scanner at {self.options.scanner} did not open.")

    def knows_return(self, code: str) -> bool:
        """True once the centre's feed brought that RMA; asked on the station's thread."""
        return returns.by_code(self.ledger.connection, code) is not None

    def labels_waiting(self) -> int:
        """How many labels no printer took yet; asked on the station's thread."""
        return desk.unprinted_count(self.ledger.connection)

    def wake_sync(self) -> None:
        """Something waits to be sent."""
        if self._sync:
            self._sync.wake()

    def _make_bench(self) -> Bench:
        identity, asked = self.ledger.identity, self.options
        who = person.signed_in(
            self.ledger, self._person, asked.role, asked.person_id, clock=self._clock, ids=self._ids
        )
        setup = Setup(
            clock=self._clock,
            ids=self._ids,
            zone=site_zone(),
            texts=resources.texts(),
            policy=resources.policy(),
            seat=Seat(who),
            bench=f"BENCH-{identity.bench}" if identity else "BENCH",
            name=identity.name if identity else "BENCH",
            print_label=self._print,
            gaps=asked.gaps,
            old_labels=self._labels.old,
            print_old=self._labels.print_old,
            shoot=self.photos.shoot,
            no_camera=self.photos.no_camera,
            space=lambda: space_of(self._folder.path),
            second_copy=self._copy.state if self._copy else lambda: None,
            approving=approving_at(self.ledger, self._folder, self._clock, self._ids),
            letters=asked.letters,
        )
        return Bench(self.thread, self.ledger, setup, Hooks(self.wake_sync, self._traced))

    def _start_sync(self, opened: contextlib.ExitStack) -> None:
        if self.options.centre:
            # A person gave this address: when it means nothing, they are told before anything runs.
            self._sync = self._make_sync()
        opened.callback(self._end_sync)
        if self.ledger.identity:
            # Until the sync has spoken; a bench that has joined is not alone.
            self.bench.link_changed(LinkFacts(Link.OFFLINE, self._clock.now()))
        self._later.start()

    def _end_sync(self) -> None:
        self._later.stop(_STOP_S)
        if self._sync:
            self._sync.stop()

    def _load_the_rest(self, stopping: threading.Event) -> None:
        """What the first picture need not wait for: the sync, and what the first scans and labels need."""
        self._picture.wait()
        if stopping.is_set():
            return
        self._begin_to_sync()
        elements.load_tables()
        printing.load_libraries()
        if self._picture.has_window:
            # What was loaded by now stays; looking through all of it for garbage takes longer than a frame.
            gc.freeze()

    def _begin_to_sync(self) -> None:
        """Whatever stands in the way is said beside the link: a joined bench is not alone."""
        try:
            self._sync = self._sync or self._make_sync()
        except Exception as why:  # noqa: BLE001 - an address, a certificate file, a proxy, a library of ours
            sentence = f"Sending could not begin: {str(why).rstrip('.')}. {_MEND}"
            self.bench.link_changed(LinkFacts(Link.OFFLINE, self._clock.now(), sentence))
            if not isinstance(why, (Refused, OSError, ValueError)):
                self._defect(why)
            return
        self._sync.start()

    def _make_sync(self) -> StationSync:
        with LOADING:
            from app.bootstrap.syncing import Joined, Photos, StationSync  # noqa: PLC0415 - see that module

        url = self.options.centre or self.thread.ask(lambda: self.ledger.value(CENTRE_URL))
        joined = None
        if url and self.thread.ask(lambda: self.ledger.identity):
            signer = load_or_make(self._folder.key, self._ids, self._folder.record)
            joined = Joined(url, self.thread.ask(lambda: self.ledger.head.station_id), signer)
        asked, parts = self.options, (self.thread, self.ledger, self.bench, joined)
        photos = Photos(self.photos.store, asked.keep_photos)
        return StationSync(*parts, photos=photos, ids=self._ids, poll_s=asked.poll_s, on_defect=self._defect)

    def _print(self, document: Mapping[str, object], copy: bool) -> None:
        # The screen that says "saved" comes right after; the label is drawn when that is painted.
        self._picture.owe()
        self._labels.submit(document, copy)

    def _defect(self, defect: BaseException) -> None:
        self.defects.append(defect)
        if len(self.defects) > _MOST_REPORTS:
            return
        try:
            where = str(crashes.write_report(self._folder.crashes, defect, self._clock.now()))
        except OSError as world:
            where = f"none, {world}"
        self._say(f"Backhaul made a mistake of its own: {defect!r}. Report: {where}")
        self.bench.defect(where)

    def _traced(self, trace: ScanTrace) -> None:
        if self._trace:
            self._trace.scanned(trace)

    def _handed_over(self, _number: int, job: PrintJob) -> None:
        self._labels.look_for_room()
        if job.kind == "zpl":
            self._unprintable.pop(job.label_code, None)
            self.bench.printed(job.label_code)

    def _cannot_print(self, code: str, why: str) -> None:
        self._unprintable[code] = f"label {code} cannot be printed: {why}"
        self._tell_printer()

    def _printer_state(self, state: QueueState) -> None:
        old = {0: "", 1: _ONE_OLD}.get(state.aside, _OLD.format(n=state.aside))
        self._trouble = state.cause.value if state.cause else old
        self._tell_printer()
        # What was set aside makes room for what is newer.
        self._labels.look_for_room()

    def _tell_printer(self) -> None:
        # A label that no printer could print stays said, also while others come out.
        self.bench.printer_changed(self._trouble or next(iter(list(self._unprintable.values())), ""))

    def _scanned(self, scan: Scan) -> None:
        self.bench.submit(scan.raw, scan.source, scan.mono_ms)

    def _scanner_state(self, state: ScannerState) -> None:
        match state:
            case Ok():
                self._scanner_ready.set()
                self.bench.scanner_changed("")
            case Lost(cause, _):
                self.bench.scanner_changed(cause.value)
            case HalfScan(text):
                self.bench.half_scan(text)
            case _:
                self.bench.scanner_changed("starting")


def _watch_over(folder: Path | None, clock: Clock, say: Callable[[str], None]) -> CopyWatch | None:
    return CopyWatch(folder, clock, say) if folder is not None else None
