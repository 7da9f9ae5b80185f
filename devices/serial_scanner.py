"""A scanner on a serial line: USB in virtual COM mode, Bluetooth SPP, RS-232, or a pseudo-terminal.

One thread opens the port for itself alone, reads with a short time-out, and tries again once a second for as
long as the port is away. A path below /dev/serial/by-id follows a scanner through every socket it is put in.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock

from serial import Serial, SerialException

from devices.framing import Frame, Framer, Framing
from devices.scanner import HalfScan, Lost, LostCause, Ok, OnScan, OnState, Scan, ScannerState, Starting
from devices.threads import Worker

_READ_TIMEOUT_S = 0.2
_STOP_TIMEOUT_S = 5.0

_CAUSES = {
    errno.ENOENT: LostCause.ABSENT,
    errno.ENODEV: LostCause.ABSENT,
    errno.ENXIO: LostCause.ABSENT,
    errno.EAGAIN: LostCause.BUSY,
    errno.EBUSY: LostCause.BUSY,
    errno.EACCES: LostCause.FORBIDDEN,
    errno.EPERM: LostCause.FORBIDDEN,
}


@dataclass(frozen=True, slots=True)
class SerialSettings:
    """How to reach one scanner.

    `quiet_s`: a frame with no byte for so long is over: a scan where `quiet_ends`, else half a scan that is
    dropped before it can run into the next one. `dtr` and `rts`: set after opening where a scanner wants it,
    None leaves them alone.
    """

    source: str
    path: str
    baudrate: int = 9600
    framing: Framing = field(default_factory=Framing)
    quiet_s: float = 0.5
    quiet_ends: bool = False
    retry_s: float = 1.0
    dtr: bool | None = None
    rts: bool | None = None


class SerialScanner:
    """The driver of one serial scanner.

    Args:
        settings: where and how.
        monotonic_ms: the station's monotonic clock, stamped on scans.
    """

    def __init__(self, settings: SerialSettings, monotonic_ms: Callable[[], float]) -> None:
        self._settings = settings
        self._monotonic_ms = monotonic_ms
        self._framer = Framer(settings.framing)
        self._port: Serial | None = None
        # Held while the port is closed or a read cancelled: cancelling a closing port writes to a lost pipe.
        self._port_lock = Lock()
        self._worker: Worker | None = None
        self._told: object = None

    @property
    def source(self) -> str:
        """The device's name, as in its scans."""
        return self._settings.source

    def start(self, on_scan: OnScan, on_state: OnState) -> None:
        """Begins to deliver; see the protocol."""
        if self._worker is not None:
            raise RuntimeError(f"the scanner {self.source} was started before")

        def tell(state: ScannerState) -> None:
            if isinstance(state, HalfScan) or _kind(state) != self._told:
                on_state(state)
            if not isinstance(state, HalfScan):
                self._told = _kind(state)

        def run(stopping: Event) -> None:
            tell(Starting())
            while not stopping.is_set():
                self._serve(stopping, on_scan, tell)
                stopping.wait(self._settings.retry_s)

        self._worker = Worker(
            f"scanner {self.source}", run, lambda crash: tell(Lost(LostCause.FAILED, repr(crash)))
        )
        self._worker.start()

    def stop(self) -> None:
        """Ends delivery; see the protocol."""
        if self._worker is None:
            return
        self._worker.stopping.set()
        with self._port_lock:
            if self._port is not None:
                with suppress(OSError):
                    self._port.cancel_read()
        self._worker.stop(_STOP_TIMEOUT_S)

    def _serve(self, stopping: Event, on_scan: OnScan, tell: Callable[[ScannerState], None]) -> None:
        """Opens the port and reads until it is lost or the scanner is stopped; tells which."""
        try:
            port = self._open()
        except (SerialException, OSError, ValueError) as cause:
            tell(_lost(cause))
            return
        try:
            tell(Ok(self._settings.path))
            self._read(port, stopping, on_scan, tell)
        except (SerialException, OSError) as cause:
            if self._framer.half:
                tell(HalfScan(self._framer.half))
            tell(Lost(LostCause.UNPLUGGED, str(cause)))
        finally:
            with self._port_lock:
                self._port = None
                port.close()

    def _open(self) -> Serial:
        """The port, open for us alone and empty: what was scanned while nobody listened is not replayed."""
        port = Serial(self._settings.path, self._settings.baudrate, timeout=_READ_TIMEOUT_S, exclusive=True)
        try:
            self._set_lines(port)
            port.reset_input_buffer()
        except BaseException:
            port.close()
            raise
        self._framer.drop()
        with self._port_lock:
            self._port = port
        return port

    def _set_lines(self, port: Serial) -> None:
        for line, wanted in (("dtr", self._settings.dtr), ("rts", self._settings.rts)):
            if wanted is None:
                continue
            try:
                setattr(port, line, wanted)
            except OSError as cause:
                # Pseudo-terminals and some adapters have no such lines; the scanner works without.
                if cause.errno not in {errno.ENOTTY, errno.EINVAL}:
                    raise

    def _read(
        self, port: Serial, stopping: Event, on_scan: OnScan, tell: Callable[[ScannerState], None]
    ) -> None:
        last_byte_ms = self._monotonic_ms()
        while not stopping.is_set():
            data = port.read(port.in_waiting or 1)
            now_ms = self._monotonic_ms()
            if data:
                last_byte_ms = now_ms
                for frame in self._framer.feed(data):
                    on_scan(self._scan(frame, now_ms))
            elif self._framer.half and now_ms - last_byte_ms >= self._settings.quiet_s * 1000:
                self._end_of_quiet(now_ms, on_scan, tell)

    def _end_of_quiet(self, now_ms: float, on_scan: OnScan, tell: Callable[[ScannerState], None]) -> None:
        frame = self._framer.flush()
        if frame is None:
            return
        if self._settings.quiet_ends:
            on_scan(self._scan(frame, now_ms))
        else:
            tell(HalfScan(frame.text))

    def _scan(self, frame: Frame, mono_ms: float) -> Scan:
        return Scan(frame.text, self.source, mono_ms, frame.encoding)


def _kind(state: ScannerState) -> object:
    """What makes a state worth telling again: another kind or cause, not another wording of the system."""
    return state.cause if isinstance(state, Lost) else type(state)


def _lost(cause: Exception) -> Lost:
    number = cause.errno if isinstance(cause, OSError) else None
    return Lost(_CAUSES.get(number or 0, LostCause.FAILED), str(cause))
