"""A label printer on the network: raw bytes to port 9100, asked before and after whether it prints.

A TCP write that succeeds says nothing about paper, so a ZPL printer is asked with `~HQES`. Before a job, a
fault keeps the job here. After it, a fault means that the printer holds the job and prints it when mended.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from devices import zebra_status
from devices.printer import Cause, PrinterUnavailable, PrintJob

RAW_PORT = 9100
_LONGEST_REPLY = 4096


@dataclass(frozen=True, slots=True)
class TcpSettings:
    """How to reach one printer; `asks_status` is False for printers that do not know `~HQES`."""

    name: str
    host: str
    port: int = RAW_PORT
    timeout_s: float = 3.0
    asks_status: bool = True


class TcpPrinter:
    """The driver of one network printer."""

    def __init__(self, settings: TcpSettings) -> None:
        self._settings = settings

    @property
    def name(self) -> str:
        """The printer's name, as on the Devices screen."""
        return self._settings.name

    def send(self, job: PrintJob) -> None:
        """Asks, sends all copies, asks again.

        A connection that breaks after the bytes went out is not `taken`: the job is sent again, and may come
        out twice; a label twice is seen at once, a label missing is not. Silence after the bytes is `taken`
        without a word, because a printer busy with a long batch answers late.

        Raises:
            PrinterUnavailable: with the printer's own cause.
        """
        with self._connected() as line:
            if self._settings.asks_status:
                self._ask(line)
            line.sendall(job.data * job.copies)
            if self._settings.asks_status:
                try:
                    self._ask(line)
                except TimeoutError:
                    return
                except PrinterUnavailable as trouble:
                    raise PrinterUnavailable(trouble.cause, trouble.detail, taken=True) from trouble

    def ready(self) -> None:
        """Connects, and asks where the printer can be asked.

        Raises:
            PrinterUnavailable: a job would not print now.
        """
        with self._connected() as line:
            if self._settings.asks_status:
                self._ask(line)

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        """A connection; whatever the network does wrong inside is told as the printer's state."""
        where = (self._settings.host, self._settings.port)
        try:
            with socket.create_connection(where, self._settings.timeout_s) as line:
                yield line
        except ConnectionRefusedError as cause:
            raise PrinterUnavailable(Cause.REFUSED, str(cause)) from cause
        except OSError as cause:
            raise PrinterUnavailable(Cause.OFFLINE, str(cause) or type(cause).__name__) from cause

    def _ask(self, line: socket.socket) -> None:
        line.sendall(zebra_status.QUERY)
        reply = _reply(line)
        status = zebra_status.parse(reply)
        if status is None:
            raise PrinterUnavailable(Cause.UNKNOWN_REPLY, repr(reply[:60]))
        if status.cause is not None:
            raise PrinterUnavailable(status.cause, status.detail)


def _reply(line: socket.socket) -> bytes:
    """What comes back until it is complete; a shorter form with nothing after it is taken too."""
    reply = b""
    while not zebra_status.is_complete(reply) and len(reply) < _LONGEST_REPLY:
        try:
            part = line.recv(_LONGEST_REPLY)
        except TimeoutError:
            if zebra_status.parse(reply) is None:
                raise
            return reply
        if not part:
            raise ConnectionResetError("the printer closed the connection")
        reply += part
    return reply
