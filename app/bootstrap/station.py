"""A whole station put together: record, bench, scanner, printer, sync; without a window."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.bootstrap import printing, resources
from app.bootstrap.folder import Folder
from app.bootstrap.record import make_record
from app.bootstrap.sync_port import LedgerPort, link_facts
from app.documents.label import LabelStock
from app.domain.clock import Clock
from app.domain.ids import Ids
from app.domain.refusal import Refused, Unavailable
from app.ledger.writer import Ledger
from app.queries import returns
from app.scanning.double_read import Gaps
from app.station.bench import Bench, Hooks
from app.station.keyfile import load_or_make
from app.station.runner import StationThread
from app.station.setup import Person, Setup
from app.station.system import SystemClock, SystemIds, zone_name
from app.station.trace import ScanTrace, TraceFile
from devices.folder_printer import FolderPrinter
from devices.print_queue import PrintQueue, QueueState
from devices.printer import Printer, PrintJob
from devices.scanner import HalfScan, Lost, Ok, Scan, ScannerState
from devices.serial_scanner import SerialScanner, SerialSettings
from devices.tcp_printer import TcpPrinter, TcpSettings
from sync.client.session import SyncClient
from sync.client.thread import SyncThread
from sync.client.transport import HttpCentre

CENTRE_URL = "centre.url"
_TCP_PARTS = 3
_SCANNER_S = 20.0


@dataclass(frozen=True, slots=True)
class Options:
    """What a person chooses when starting a station.

    `printer` is `folder` (labels as files in the data folder), `folder:PATH`, `tcp:HOST:PORT` or `none`;
    `scanner` the path of a serial port, None for a keyboard scanner; `centre` overrides the centre joined.
    """

    folder: Path
    scanner: str | None = None
    printer: str = "folder"
    centre: str | None = None
    trace: Path | None = None
    person: Person = field(default_factory=lambda: Person("inspector", "Inspector", "bench", "s-1"))
    gaps: Gaps = field(default_factory=Gaps)
    painted: bool = True
    poll_s: float = 5.0


class StationProgram:
    """A running station. `bench` is what a window or a driver talks to."""

    def __init__(self, options: Options, clock: Clock | None = None, ids: Ids | None = None) -> None:
        self.options = options
        self._clock = clock or SystemClock()
        self._ids = ids or SystemIds()
        self._folder = Folder(options.folder).make()
        self._lock = self._folder.locked()
        self.defects: list[BaseException] = []
        self.thread = StationThread(self.defects.append)
        self.thread.start()
        self._trace = TraceFile(options.trace, painted=options.painted) if options.trace else None
        self._queue = self._make_queue(options.printer)
        self._scanner: SerialScanner | None = None
        self._scanner_ready = threading.Event()
        self._sync: SyncThread | None = None
        try:
            self.ledger: Ledger = self.thread.ask(lambda: make_record(self._folder, self._clock, self._ids))
            self.bench: Bench = self.thread.ask(self._make_bench)
        except BaseException:
            self.thread.stop()
            self._lock.release()
            raise

    def start(self) -> None:
        """Begins to print, to sync and, last, to listen to the scanner."""
        self._queue.start()
        self.thread.ask(self._requeue_labels)
        self._sync = self._make_sync()
        self._sync.start()
        if self.options.scanner:
            settings = SerialSettings("scanner", self.options.scanner)
            self._scanner = SerialScanner(settings, self._clock.monotonic_ms)
            self._scanner.start(self._scanned, self._scanner_state)

    def stop(self) -> None:
        """Ends scanner, sync and printer, finishes what is queued, closes the record."""
        if self._scanner:
            self._scanner.stop()
        if self._sync:
            self._sync.stop()
        self._queue.stop()
        self.thread.post(self.ledger.close)
        self.thread.stop()
        if self._trace:
            self._trace.close()
        self._lock.release()

    def painted(self, scan: int, at_ms: float) -> None:
        """The window reports that the answer to a scan is on the screen."""
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

    def wake_sync(self) -> None:
        """Something waits to be sent."""
        if self._sync:
            self._sync.wake()

    def _make_bench(self) -> Bench:
        identity = self.ledger.identity
        setup = Setup(
            clock=self._clock,
            ids=self._ids,
            zone=site_zone(),
            texts=resources.texts(),
            policy=resources.policy(),
            person=self.options.person,
            bench=f"BENCH-{identity.bench}" if identity else "BENCH",
            name=identity.name if identity else "BENCH",
            print_label=self._print,
            gaps=self.options.gaps,
        )
        return Bench(self.thread, self.ledger, setup, Hooks(self.wake_sync, self._traced))

    def _make_sync(self) -> SyncThread:
        url = self.options.centre or self.thread.ask(lambda: self.ledger.value(CENTRE_URL))
        centre = None
        if url and self.thread.ask(lambda: self.ledger.identity):
            signer = load_or_make(self._folder.key, self._ids)
            station = self.thread.ask(lambda: self.ledger.head.station_id)
            # Requests are signed in real time whatever clock the record lives by.
            centre = HttpCentre(url, station, signer, clock=SystemClock(), ids=self._ids)
        client = SyncClient(
            LedgerPort(self.thread, self.ledger, self.bench.refresh),
            centre,
            ids=self._ids,
            noise=random.Random(self._ids.secret(8)),  # noqa: S311 - jitter, not a secret
            on_state=lambda state: self.bench.link_changed(link_facts(state)),
            poll_s=self.options.poll_s,
        )
        return SyncThread(client, SystemClock())

    def _make_queue(self, name: str) -> PrintQueue:
        return PrintQueue(make_printer(name, self._folder), self._printer_state, self._handed_over)

    def _print(self, document: Mapping[str, object], copy: bool) -> None:
        rendered = printing.render(printing.label_of(document, copy=copy), LabelStock(57, 32, 203))
        if self.options.printer.startswith("folder"):
            self._queue.submit(PrintJob(rendered.pdf, "pdf", rendered.code))
        self._queue.submit(PrintJob(rendered.zpl, "zpl", rendered.code))

    def _requeue_labels(self) -> None:
        for document in self.bench.unprinted():
            self._print(document, False)

    def _traced(self, trace: ScanTrace) -> None:
        if self._trace:
            self._trace.scanned(trace)

    def _handed_over(self, number: int, job: PrintJob) -> None:
        del number
        if job.kind == "zpl":
            self.bench.printed(job.label_code)

    def _printer_state(self, state: QueueState) -> None:
        self.bench.printer_changed(state.cause.value if state.cause else "")

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


def site_zone() -> tzinfo:
    """The zone people here live in."""
    try:
        return ZoneInfo(zone_name())
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def make_printer(name: str, folder: Folder) -> Printer:
    """The printer an option names.

    Raises:
        Refused: the option names none.
    """
    if name in {"folder", "none"}:
        return FolderPrinter(folder.labels)
    if name.startswith("folder:"):
        return FolderPrinter(Path(name.removeprefix("folder:")))
    parts = name.split(":")
    if parts[0] == "tcp" and len(parts) == _TCP_PARTS and parts[2].isdigit():
        return TcpPrinter(TcpSettings(name=parts[1], host=parts[1], port=int(parts[2])))
    raise Refused(
        "printer.unknown",
        f"Read the printer {name!r}.",
        "Expected folder, folder:PATH or tcp:HOST:PORT.",
        "Name one of these.",
    )
