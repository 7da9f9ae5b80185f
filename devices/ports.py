"""Which serial ports there are, for the Devices screen, by names that survive re-plugging."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from serial.tools.list_ports import comports

_BY_ID = Path("/dev/serial/by-id")


class ListedPort(Protocol):
    """What pyserial says of one port."""

    device: str
    description: str
    vid: int | None
    pid: int | None
    serial_number: str | None


@dataclass(frozen=True, slots=True)
class Port:
    """A serial port.

    `path` is what to put in the settings: the name by id where there is one, so that it stays right in every
    socket; `device` is the name of the moment. `usb` is `vendor:product`, empty for a built-in line, which is
    listed even when nothing is connected to it.
    """

    path: str
    device: str
    description: str
    usb: str


def available(
    listed: Callable[[], Iterable[ListedPort]] = comports, by_id: Path = _BY_ID
) -> tuple[Port, ...]:
    """All serial ports, USB ones first. Pseudo-terminals are never listed."""
    names = _names_by_device(by_id)
    found = []
    for port in listed():
        path = names.get(str(Path(port.device).resolve()), port.device)
        usb = f"{port.vid:04x}:{port.pid or 0:04x}" if port.vid is not None else ""
        found.append(Port(path, port.device, port.description, usb))
    return tuple(sorted(found, key=lambda port: (not port.usb, port.device)))


def _names_by_device(by_id: Path) -> dict[str, str]:
    if not by_id.is_dir():
        return {}
    return {str(link.resolve()): str(link) for link in sorted(by_id.iterdir())}
