"""Draws every example screen: `python -m tests.ui.screens --out out/screens`, a folder for each look."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

LOOKS: dict[str, tuple[str, ...]] = {
    "light": (),
    "dark": ("--theme", "dark"),
    "light-1280x720": ("--size", "1280x720"),
    "light-1366x768-text150": ("--text", "150"),
    "light-1280x720-text200": ("--size", "1280x720", "--text", "200"),
    "dark-1920x1080": ("--theme", "dark", "--size", "1920x1080"),
}


def main(arguments: Sequence[str]) -> int:
    """Writes the pictures; the first fault's exit code, or 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.ui.screens", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.gallery.__main__ import main as draw  # noqa: PLC0415 - Qt reads the platform when it is imported

    for look, options in LOOKS.items():
        fault = draw(["--out", str(chosen.out / look), *options])
        if fault:
            return fault
    sys.stderr.write(f"Pictures of {len(LOOKS)} looks in {chosen.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
