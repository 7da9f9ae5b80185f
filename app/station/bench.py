"""One bench as others see it: scans in from any thread, screens out by callback.

Everything runs on the station's thread; what comes in from the scanner, the window, the sync and the printer
is queued there. A screen is published after the commit it speaks of, never before.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from app.domain.clock import from_text, to_text
from app.domain.refusal import Unavailable
from app.ledger import outbox
from app.ledger.also import LabelPrinted
from app.ledger.writer import Ledger
from app.queries import desk
from app.queries.desk import UnitLabel
from app.scanning import commands
from app.station.desk import Arrival
from app.station.engine import Engine
from app.station.runner import StationThread
from app.station.setup import Setup
from app.station.status import DeviceFacts, LinkFacts, PhotoFacts, WaitingFacts, status
from app.station.trace import ScanTrace
from app.workflows.bands import notice_band
from app.workflows.notice import Notice
from app.workflows.view import Screen

_log = logging.getLogger(__name__)

Subscriber = Callable[[Screen, int | None], None]
TraceSink = Callable[[ScanTrace], None]


@dataclass(frozen=True, slots=True)
class Hooks:
    """Who is told: `recorded` after each event (wakes the sync), `traced` after each scan."""

    recorded: Callable[[], None]
    traced: TraceSink


class Bench:
    """See the module."""

    def __init__(self, thread: StationThread, ledger: Ledger, setup: Setup, hooks: Hooks) -> None:
        self._thread = thread
        self._ledger = ledger
        self._setup = setup
        self._hooks = hooks
        self._engine = Engine(ledger, setup, on_recorded=hooks.recorded)
        self._numbers = itertools.count(1)
        self._link = LinkFacts()
        self._devices = DeviceFacts(scanner_used=False)
        self._photos = PhotoFacts()
        self._trail = ""
        self._subscribers: list[Subscriber] = []
        self._stale = False
        self._lock = threading.Lock()
        self._engine.resume()
        self._screen = self._draw()

    def submit(self, raw: str, source: str, started: float | None = None) -> int:
        """Queues a scan, a typed code or a touch; answers with its number for the trace.

        `started` is when the read was complete (monotonic milliseconds), now when left out.
        """
        at = self._setup.clock.monotonic_ms() if started is None else started
        with self._lock:
            arrival = Arrival(next(self._numbers), raw, source, at)
            self._thread.post(lambda: self._scan(arrival))
        return arrival.number

    def command(self, word: str, source: str = "screen") -> int:
        """Queues a mat word, as if its code had been scanned."""
        return self.submit(commands.payload(commands.Word(word)), source)

    def enter_pin(self, pin: str) -> None:
        """Queues a PIN typed in the window; it is handed to whoever asked for it, and to nobody else."""
        self._thread.post(lambda: self._pin(pin))

    def screen(self) -> Screen:
        """The newest picture."""
        return self._screen

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Calls back, from the station's thread, with each new picture and the scan it answers.

        Returns:
            What ends it.
        """
        with self._lock:
            self._subscribers.append(subscriber)

        def end() -> None:
            with self._lock:
                self._subscribers.remove(subscriber)

        return end

    def link_changed(self, link: LinkFacts) -> None:
        """The sync thread reports."""
        self._thread.post(lambda: self._set_link(link))

    def photos_changed(self, photos: PhotoFacts) -> None:
        """What sends photos reports."""
        self._thread.post(lambda: self._set_photos(photos))

    def trail_changed(self, sentence: str) -> None:
        """What watches the centre's record found that it contradicts itself."""
        self._thread.post(lambda: self._set_trail(sentence))

    def scanner_changed(self, trouble: str) -> None:
        """The scanner reports its trouble in words, empty when it is well."""

        def changed() -> None:
            self._set_devices(replace(self._devices, scanner=trouble, scanner_used=True))

        self._thread.post(changed)

    def printer_changed(self, trouble: str) -> None:
        """The printer reports its trouble in words, empty when it is well."""
        self._thread.post(lambda: self._set_devices(replace(self._devices, printer=trouble)))

    def printed(self, code: str) -> None:
        """A label came out."""
        self._thread.post(lambda: self._label_printed(code))

    def half_scan(self, text: str) -> None:
        """A scan broke off in the middle: said, so that nobody thinks it counted."""
        self._thread.post(lambda: self._half(text))

    def unprinted(self) -> tuple[UnitLabel, ...]:
        """Labels that no printer took yet; asked on the station's thread."""
        waiting = desk.unprinted_count(self._ledger.connection)
        return desk.unprinted(self._ledger.connection, max(waiting, 1))

    def defect(self, where: str) -> None:
        """A mistake of the program was reported to `where`: the screen says so."""
        self._thread.post(lambda: self._say_defect(where))

    def refresh(self) -> None:
        """Draws again: ages grow even when nothing happens. Asked often, it draws once."""
        with self._lock:
            if self._stale:
                return
            self._stale = True
        self._thread.post(lambda: self._publish(None))

    def _scan(self, arrival: Arrival) -> None:
        try:
            trace = self._engine.scan(arrival)
        except Exception:
            # The screen says so at once; the thread reports the defect.
            self._publish(arrival.number)
            raise
        self._print_labels()
        self._screen = self._drawn()
        band = self._screen.bench.band
        # The trace goes before the screen: whoever paints reports back on a scan that is already known.
        self._guarded(
            partial(self._hooks.traced, replace(trace, band=band.state.value, tone=band.tone.value))
        )
        self._tell(arrival.number)

    def _pin(self, pin: str) -> None:
        try:
            self._engine.enter_pin(pin)
            self._print_labels()
        finally:
            self._publish(None)

    def _print_labels(self) -> None:
        # Labels first: nothing that goes wrong with a screen or a trace may keep a saved unit from its label.
        for document, copy in self._engine.take_labels():
            self._guarded(partial(self._setup.print_label, document, copy))

    @staticmethod
    def _guarded(told: Callable[[], None]) -> None:
        """Calls somebody else's code; what breaks there is logged, and the bench goes on."""
        try:
            told()
        except Exception:  # noqa: BLE001 - a listener's mistake is not the record's
            _log.exception("a listener of the bench failed")

    def _say_defect(self, where: str) -> None:
        self._engine.say_defect(where)
        self._publish(None)

    def _half(self, text: str) -> None:
        self._engine.half_scan(text)
        self._publish(None)

    def _label_printed(self, code: str) -> None:
        try:
            label = desk.unit_label(self._ledger.connection, code)
            # A label whose unit was taken back stays void, whatever the printer did meanwhile.
            if label is not None and label.state == "queued":
                self._ledger.save([LabelPrinted(code, to_text(self._setup.clock.now()))])
        except Unavailable:
            # It stays among those that wait, from where a person sees that it came out, or prints it again.
            self.refresh()
            return
        saved = self._engine.bench.state.saved
        if saved is not None and saved.label == code:
            self._publish(None)
        else:
            # After a day without a printer hundreds come out, which must not hold up the scans between.
            self.refresh()

    def _set_link(self, link: LinkFacts) -> None:
        if link != self._link:
            self._link = link
            self._publish(None)

    def _set_photos(self, photos: PhotoFacts) -> None:
        if photos != self._photos:
            self._photos = photos
            self._publish(None)

    def _set_trail(self, sentence: str) -> None:
        if sentence != self._trail:
            self._trail = sentence
            self._publish(None)

    def _set_devices(self, devices: DeviceFacts) -> None:
        if devices != self._devices:
            self._devices = devices
            self._publish(None)

    def _publish(self, scan: int | None) -> None:
        with self._lock:
            self._stale = False
        self._screen = self._drawn()
        self._tell(scan)

    def _tell(self, scan: int | None) -> None:
        with self._lock:
            told = tuple(self._subscribers)
        for subscriber in told:
            self._guarded(partial(subscriber, self._screen, scan))

    def _drawn(self) -> Screen:
        """The picture; while the record cannot be read, the last one with a message over it."""
        try:
            return self._draw()
        except Unavailable as world:
            said = self._engine.notice or Notice("not_read", {"why": str(world)})
            band = notice_band(said, self._setup.texts, "")
            return replace(self._screen, bench=replace(self._screen.bench, band=band))

    def _draw(self) -> Screen:
        waiting = outbox.waiting(self._ledger)
        space = self._setup.space()
        low = space if space is not None and space.low else None
        facts = WaitingFacts(waiting.count, from_text(waiting.oldest_wall) if waiting.oldest_wall else None)
        words = status(
            self._setup.name,
            self._engine.session.person_shown,
            self._link,
            facts,
            replace(self._devices, disk=low, copy=self._setup.second_copy()),
            photos=self._photos,
            trail=self._trail,
            now=self._setup.clock.now(),
            zone=self._setup.zone,
            texts=self._setup.texts,
        )
        return Screen(self._engine.view(self._link), words, self._engine.front)
