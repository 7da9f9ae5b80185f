"""Draws the README's pictures from a real bench at work: `python -m tests.readme_pictures --out FOLDER`.

Record, engine, workflow and window are the shipped ones; only time and identities are fixed, so that the
pictures change when the product does and not otherwise.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from app.scanning.commands import Word
from app.station.status import LinkFacts
from app.workflows.view import Link, Screen
from tests.app.station.bench_world import GOOD_KETTLE, MUG_CODE, RMA, BenchWorld
from tests.app.station.floor_world import BIN
from tests.app.station.test_receipts import FORTY, Dock, coming

OTHER_KETTLE = "]C1010950600013435221SN-994417"


def main(arguments: Sequence[str]) -> int:
    """Writes every picture the README shows."""
    parser = argparse.ArgumentParser(prog="python -m tests.readme_pictures", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    out: Path = parser.parse_args(arguments).out
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    out.mkdir(parents=True, exist_ok=True)
    save = _saver(out)

    with tempfile.TemporaryDirectory() as folder:
        world = BenchWorld(Path(folder))
        world.bench.link_changed(LinkFacts(Link.ONLINE))
        save("idle-light", world.thread.ask(world.bench.screen))
        world.scan(RMA.code)
        save("stop-light", world.scan(OTHER_KETTLE))
        world.say("UNDO")
        asked = world.scan(GOOD_KETTLE)
        save("question-light", asked)
        save("question-dark", asked, dark=True)
        save("question-1280x720-text200", asked, size=(1280, 720), text=200)
        world.say("GRI")
        world.bench.printed(str(world.printed[0][0]["code"]))
        save("saved-dark", world.thread.ask(world.bench.screen), dark=True)
        world.scan(MUG_CODE, MUG_CODE)
        world.say("GRII")
        world.bench.printed(str(world.printed[1][0]["code"]))
        world.bench.link_changed(LinkFacts(Link.OFFLINE, world.clock.now()))
        world.clock.pass_minutes(38)
        world.bench.refresh()
        save("offline-light", world.thread.ask(world.bench.screen))
        world.close()
    _floor_pictures(save)
    sys.stderr.write(f"Pictures of the bench in {out}\n")
    return 0


def _floor_pictures(save: Callable[..., None]) -> None:
    """A count in the middle, and a line that is over."""
    with tempfile.TemporaryDirectory() as folder:
        world = Dock(Path(folder))
        world.told(coming("TR-0881", FORTY[:6]))
        world.bench.link_changed(LinkFacts(Link.ONLINE))
        counting = world.go(Word.GO_COUNTS, BIN, "P-0", Word.DIGIT_6, "P-1", Word.DIGIT_3)
        save("counts-light", counting)
        world.go(Word.GO_RECEIVE, "TR-0881", "T-00", "T-01", Word.DIGIT_5, "T-02")
        save("receiving-light", world.go(Word.DIGIT_8))
        world.close()


def _saver(out: Path) -> Callable[..., None]:
    # Qt reads its platform when it is imported, so it is imported only now.
    from PySide6.QtCore import QSize  # noqa: PLC0415
    from PySide6.QtGui import QImage  # noqa: PLC0415

    from ui.gallery.render import render  # noqa: PLC0415
    from ui.settings import UiSettings  # noqa: PLC0415
    from ui.shell.application import make_application  # noqa: PLC0415
    from ui.theme.theme import ThemeChoice  # noqa: PLC0415
    from ui.theme.tokens import load  # noqa: PLC0415

    make_application(["backhaul"], load())

    def save(
        name: str, screen: Screen, *, dark: bool = False, size: tuple[int, int] = (1366, 768), text: int = 100
    ) -> None:
        settings = UiSettings(theme=ThemeChoice.DARK if dark else ThemeChoice.LIGHT, text_percent=text)
        image = render(screen, settings, QSize(*size))
        # Without an alpha channel and with the most compression the pictures stay small.
        image.convertToFormat(QImage.Format.Format_RGB888).save(str(out / f"{name}.png"), quality=0)

    return save


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
