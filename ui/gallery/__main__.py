"""Writes the example screens as PNG files: `python -m ui.gallery --out DIR`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize

from ui.gallery.render import render
from ui.gallery.screens import DRAWERS, all_screens
from ui.settings import UiSettings
from ui.shell.application import make_application
from ui.theme.theme import ThemeChoice
from ui.theme.tokens import load


def main(arguments: Sequence[str]) -> int:
    """Write one PNG a screen; 0 when all were written."""
    parser = argparse.ArgumentParser(prog="python -m ui.gallery", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--theme", type=ThemeChoice, choices=list(ThemeChoice), default=ThemeChoice.LIGHT)
    parser.add_argument("--size", default="1366x768", help="window size, such as 1280x720")
    parser.add_argument("--text", type=int, default=100, help="Text %%, 100 to 200")
    parser.add_argument("--only", default="", help="the name of one screen")
    chosen = parser.parse_args(arguments)
    wide, high = (int(part) for part in chosen.size.split("x"))
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    make_application([parser.prog], load())
    settings = UiSettings(theme=chosen.theme, text_percent=chosen.text)
    chosen.out.mkdir(parents=True, exist_ok=True)
    for name, screen in all_screens().items():
        if chosen.only in {"", name}:
            picture = render(screen, settings, QSize(wide, high), DRAWERS.get(name, ""))
            if not picture.save(str(chosen.out / f"{name}.png")):
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
