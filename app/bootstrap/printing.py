"""From a label's texts to a printer: rendered and handed over off the station's thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from app.bootstrap.folder import Folder
from app.documents import bars, label_pdf, label_zpl, typeface
from app.documents.label import BENCH_STOCK, LabelStock, UnitLabel
from app.domain.clock import Clock, from_text, to_ms
from app.domain.fields import Fields
from app.domain.refusal import Refused
from app.queries import desk
from devices.folder_printer import FolderPrinter
from devices.print_queue import PrintQueue
from devices.printer import Printer, PrintJob
from devices.tcp_printer import TcpPrinter, TcpSettings
from devices.threads import Worker

_TCP_PARTS = 3
_PORTS = range(1, 65_536)
_STOP_S = 10.0
# Rendered ahead of the printer; while it is away, the rest waits as the record's short documents.
_AHEAD = 32


# A label's document, whether it is a copy, and when it was asked for, on the queue's clock.
_Asked = tuple[Mapping[str, object], bool, float]


def label_of(document: Mapping[str, object], *, copy: bool) -> UnitLabel:
    """The label a document of the record describes."""
    f = Fields(document, "label")
    label = UnitLabel(
        code=f.text("code"),
        headline=f.text("headline"),
        place=f.text_or("place", ""),
        item_name=f.text_or("item_name", ""),
        sku=f.text_or("sku", ""),
        serial=f.maybe_text("serial"),
        lot=f.maybe_text("lot"),
        quantity=f.whole("quantity", least=1),
        rma=f.maybe_text("rma"),
        date=date.fromisoformat(f.text("date")),
        station=f.text("station"),
        holding=f.flag("holding", default=False),
        remark=f.text_or("remark", ""),
    )
    return replace(label, copy=copy)


def jobs_of(label: UnitLabel, stock: LabelStock, *, pictures: bool) -> tuple[PrintJob, ...]:
    """What a printer gets of a label: its ZPL, after its picture where pictures are wanted."""
    zpl = PrintJob(label_zpl.render(label, stock), "zpl", label.code)
    if not pictures:
        # Thirty times as large and slower to draw: never made for a printer that takes none.
        return (zpl,)
    return (PrintJob(label_pdf.render(label, stock), "pdf", label.code), zpl)


def load_libraries() -> None:
    """Loads what draws labels, ahead of the first one."""
    typeface.inter()
    bars.module_widths("L00-0000001-0")


def wall_ms(clock: Clock) -> Callable[[], float]:
    """The clock that labels age by: a monotonic one stands still while the machine sleeps, goods go on."""
    return lambda: float(to_ms(clock.now()))


class NoPrinter:
    """A printer that takes every label and drops it, for benches that print nothing."""

    name = "none"

    def send(self, job: PrintJob) -> None:
        """Takes the job; nothing comes out."""

    def ready(self) -> None:
        """Always."""


def make_printer(name: str, folder: Folder) -> Printer:
    """The printer an option names; nothing is opened yet.

    Raises:
        Refused: the option names none.
    """
    if name == "none":
        return NoPrinter()
    if name == "folder":
        return FolderPrinter(folder.labels)
    kind, _, rest = name.partition(":")
    if kind == "folder" and rest:
        return FolderPrinter(Path(rest))
    host, _, port = rest.rpartition(":")
    if kind == "tcp" and host and port.isascii() and port.isdigit() and int(port) in _PORTS:
        return TcpPrinter(TcpSettings(name=host, host=host.strip("[]"), port=int(port)))
    raise Refused(
        "printer.unknown",
        f"Read the printer {name!r}.",
        "Expected folder, folder:PATH, tcp:HOST:PORT or none.",
        "Name one of these.",
    )


class LabelDesk:
    """Renders labels on a thread of its own and gives them to a printer's queue, in order.

    Args:
        printer: the queue; started and stopped by whoever made it.
        pictures: each label as PDF too, ahead of its ZPL.
        before_each: called ahead of each label, for as long as something is more urgent.
        on_unprintable: told of a label that cannot be printed, by its code and in a sentence; the next is
            printed all the same.
        on_defect: told of anything else that a label broke.
    """

    def __init__(
        self,
        printer: PrintQueue,
        *,
        pictures: bool,
        before_each: Callable[[], None] = lambda: None,
        on_unprintable: Callable[[str, str], None],
        on_defect: Callable[[BaseException], None],
    ) -> None:
        self._printer = printer
        self._pictures = pictures
        self._before_each = before_each
        self._on_unprintable = on_unprintable
        self._on_defect = on_defect
        self._labels: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._room = threading.Event()
        self._worker = Worker("labels", self._run, on_defect)

    def start(self) -> None:
        """Begins to render; labels may be submitted before."""
        self._worker.start()

    def submit(self, document: Mapping[str, object], copy: bool, age_ms: float = 0.0) -> None:
        """Takes the document of a label, asked for `age_ms` ago; never waits."""
        self._labels.put((document, copy, self._printer.now_ms() - age_ms))

    def print_old(self) -> None:
        """Labels that waited too long to be printed unasked are printed."""
        self._printer.print_old()
        self._room.set()

    def old(self) -> int:
        """How many labels wait for `print_old`."""
        return self._printer.old()

    def look_for_room(self) -> None:
        """The printer took a job or set some aside: there may be room for another."""
        self._room.set()

    def stop(self) -> None:
        """Ends after the label in hand; what was not printed is still queued in the record."""
        self._worker.stopping.set()
        self._labels.put(None)
        self._room.set()
        self._worker.stop(_STOP_S)

    def _run(self, stopping: threading.Event) -> None:
        while (label := self._labels.get()) is not None and not stopping.is_set():
            self._before_each()
            try:
                self._render(*label)
            except Exception as defect:  # noqa: BLE001 - one bad label must not end the printing
                self._on_defect(defect)
            self._wait_for_room(stopping)

    def _render(self, document: Mapping[str, object], copy: bool, since_ms: float) -> None:
        try:
            jobs = jobs_of(label_of(document, copy=copy), BENCH_STOCK, pictures=self._pictures)
        except (Refused, ValueError) as no:
            code = str(document.get("code", ""))
            self._on_unprintable(code, no.read if isinstance(no, Refused) else str(no))
            return
        for job in jobs:
            self._printer.submit(job, since_ms)

    def _wait_for_room(self, stopping: threading.Event) -> None:
        self._room.clear()
        while self._printer.ahead() >= _AHEAD and not stopping.is_set():
            self._room.wait()
            self._room.clear()


def requeue(printing: LabelDesk, waiting: Iterable[desk.UnitLabel], clock: Clock) -> None:
    """Asks again for labels that no printer took before the program ended, each as old as it is."""
    now = to_ms(clock.now())
    for label in waiting:
        printing.submit(label.document, False, max(0.0, float(now - to_ms(from_text(label.wall)))))
