"""`backhaul doctor`: is this machine ready?"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from app.bootstrap import skew, sqlite
from app.bootstrap.folder import Folder, default_folder
from app.bootstrap.keys import kept
from app.bootstrap.photo_shelf import photos_waiting
from app.command.station import has_display
from app.domain.refusal import Refused, Unavailable
from app.station.system import SystemClock
from devices import ports
from sync.client.state import skew_sentence
from sync.wire.signatures import FRESH

_LOW_BYTES = 2 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: well or not, what was seen, and the mend."""

    well: bool
    what: str
    mend: str = ""


@click.command(epilog="Example: backhaul doctor. Exit code 1 when something must be mended.")
@click.option("--data", type=click.Path(path_type=Path), help="The station's data folder.")
def command(data: Path | None) -> int:
    """Check libraries, display, scanner ports, clock and the data folder, each with its mend."""
    folder = Folder(data or default_folder())
    findings = [
        _sqlite(),
        _window(),
        _display(),
        _scanners(),
        _clock(folder),
        _photos(folder),
        _keys(folder),
        _folder(folder),
    ]
    for finding in findings:
        mark = "ok  " if finding.well else "MEND"
        click.echo(f"{mark} {finding.what}{'  ' + finding.mend if finding.mend else ''}")
    return 0 if all(finding.well for finding in findings) else 1


def _sqlite() -> Finding:
    choice = sqlite.choose()
    if choice.sound:
        return Finding(True, f"SQLite {choice.version} ({choice.module.__name__})")
    return Finding(
        True,
        f"SQLite {choice.version}: used with one connection only",
        "Install pysqlite3 for a library without the write-ahead-log fault.",
    )


def _window() -> Finding:
    try:
        return Finding(True, f"Qt {version('PySide6-Essentials')}")
    except PackageNotFoundError:
        return Finding(
            False, "No window library", "Install with the desktop extra: pip install backhaul[desktop]."
        )


def _display() -> Finding:
    if has_display():
        return Finding(True, "A display is there")
    return Finding(True, "No display: the window is drawn in memory", "Set DISPLAY to see it.")


def _scanners() -> Finding:
    found = [port.path for port in ports.available()]
    return Finding(True, f"Serial ports: {', '.join(found) if found else 'none; keyboard scanners work'}")


def _clock(folder: Folder) -> Finding:
    try:
        url = skew.centre_of(folder)
        if url is None:
            return Finding(True, "Clock: not checked, this station has joined no centre")
        apart = skew.ahead_s(url, SystemClock())
    except Unavailable as world:
        return Finding(True, f"Clock: not checked. {world}")
    wrong = skew_sentence(apart, FRESH.total_seconds())
    return Finding(False, wrong) if wrong else Finding(True, f"Clock: as the centre's at {url}")


def _photos(folder: Folder) -> Finding:
    try:
        waiting = photos_waiting(folder)
    except Unavailable as world:
        return Finding(True, f"Photos: not checked. {world}")
    return Finding(True, f"Photos: {waiting} wait to be sent" if waiting else "Photos: none waits to be sent")


def _keys(folder: Folder) -> Finding:
    try:
        return Finding(True, f"Keys: {' '.join(kept(folder))}")
    except Unavailable as world:
        return Finding(False, f"Keys: {world}")


def _folder(folder: Folder) -> Finding:
    try:
        with folder.make().locked():
            pass
    except Refused as used:
        return Finding(True, used.read)
    except Unavailable as world:
        return Finding(False, str(world), "Give another folder with --data.")
    free = shutil.disk_usage(folder.path).free
    if free < _LOW_BYTES:
        return Finding(
            False, f"{folder.path}: only {free >> 20} MiB free", "Make room before the next shift."
        )
    return Finding(True, f"Data folder {folder.path}, {free >> 30} GiB free")
