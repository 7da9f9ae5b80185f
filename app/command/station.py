"""`backhaul station`: one bench, its scanner, printer, window and sync."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from app.bootstrap.folder import default_folder
from app.bootstrap.station import Options, StationProgram


@click.command(
    epilog="Example: backhaul station --scanner /dev/ttyACM0 --printer tcp:10.0.0.9:9100",
)
@click.option("--data", type=click.Path(path_type=Path), help="The station's data folder.")
@click.option("--scanner", help="Serial port of the scanner; keyboard scanners need none.")
@click.option("--printer", default="folder", show_default=True, help="folder[:PATH], tcp:HOST:PORT or none.")
@click.option("--camera", default="none", show_default=True, help="simulated or none.")
@click.option(
    "--keep-photos",
    "days",
    type=click.IntRange(0, 36_500),
    default=30,
    show_default=True,
    help="Days that photos stay on this disk once the centre has them.",
)
@click.option(
    "--second-copy",
    "second",
    type=click.Path(path_type=Path),
    help="Folder on another disk or share that every saved event is also written to.",
)
@click.option(
    "--person", default="Inspector", show_default=True, help="Who works here, as the top bar says it."
)
@click.option("--person-id", help="Who that is in the facts; without it the station draws an id.")
@click.option("--theme", type=click.Choice(["system", "light", "dark"]), default="system", show_default=True)
@click.option(
    "--text", "percent", type=click.IntRange(100, 200), default=100, show_default=True, help="Text %."
)
@click.option("--ui-trace", "trace", type=click.Path(path_type=Path), help="One JSON line per scan.")
@click.option(
    "--letter-keys/--no-letter-keys",
    "letters",
    default=True,
    show_default=True,
    help="A, R and Q decide in the list of approvals.",
)
@click.option("--headless", is_flag=True, help="No display: the window is drawn in memory.")
def command(  # noqa: PLR0917 - one parameter per option
    data: Path | None,
    scanner: str | None,
    printer: str,
    camera: str,
    days: int,
    second: Path | None,
    person: str,
    person_id: str | None,
    theme: str,
    percent: int,
    trace: Path | None,
    *,
    letters: bool,
    headless: bool,
) -> int:
    """Open this bench. It works without the network; what is recorded is sent when the centre answers."""
    if headless or not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from app.bootstrap.desktop import Desktop, Look  # noqa: PLC0415 - Qt reads its platform when it is imported

    program = StationProgram(
        Options(
            data or default_folder(),
            scanner=scanner,
            printer=printer,
            camera=camera,
            keep_photos=days,
            second_copy=second,
            trace=trace,
            letters=letters,
            person=person,
            person_id=person_id,
        ),
        say=lambda line: click.echo(line, err=True),
    )
    try:
        desktop = Desktop(program, Look(theme=theme, text_percent=percent, sound=not headless))
        program.start()
        return desktop.exec()
    finally:
        program.stop()


def has_display() -> bool:
    """True where a window can be shown."""
    return sys.platform in {"win32", "darwin"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
