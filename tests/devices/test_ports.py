"""The list of ports, from what the system says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from devices.ports import Port, available


@dataclass
class Listed:
    device: str
    description: str = "n/a"
    vid: int | None = None
    pid: int | None = None
    serial_number: str | None = None


def test_usb_ports_come_first_under_their_steady_names(tmp_path: Path) -> None:
    by_id, device = tmp_path / "by-id", tmp_path / "ttyACM0"
    by_id.mkdir()
    device.touch()
    (by_id / "usb-Maker_Scanner_0815-if00").symlink_to(device)
    found = available(
        lambda: [Listed("/dev/ttyS0", "ttyS0"), Listed(str(device), "Scanner", 0x0C2E, 0x0B61, "0815")], by_id
    )
    assert found == (
        Port(str(by_id / "usb-Maker_Scanner_0815-if00"), str(device), "Scanner", "0c2e:0b61"),
        Port("/dev/ttyS0", "/dev/ttyS0", "ttyS0", ""),
    )


def test_without_names_by_id_the_device_is_the_path(tmp_path: Path) -> None:
    assert available(lambda: [Listed("COM3", vid=1)], tmp_path / "none") == (
        Port("COM3", "COM3", "n/a", "0001:0000"),
    )


def test_this_computer_can_be_asked() -> None:
    assert all(port.path for port in available())
