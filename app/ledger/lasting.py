"""Names that last: a file takes its place whole, and a power cut right afterwards does not undo it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def put_in_place(whole: Path, target: Path) -> None:
    """Renames a file, whose bytes are synced, to its name in the same folder, and makes that last.

    Raises:
        OSError: the disk; the target is as it was, or new and whole.
    """
    whole.replace(target)
    settle(target.parent)


def settle(folder: Path) -> None:
    """What happened to names in a folder lasts from here on: those made, changed and taken away.

    Raises:
        OSError: the disk; nobody knows which of them last.
    """
    # Where folders cannot be opened, the system does so by itself.
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def second_name(file: Path, other: Path) -> None:
    """Gives a file another name, which lasts and stays when the first goes to another file; or a copy.

    Raises:
        OSError: the disk; what had the other name is gone.
    """
    other.unlink(missing_ok=True)
    try:
        os.link(file, other)
    except OSError:
        shutil.copyfile(file, other)
        with other.open("rb+") as copy:
            os.fsync(copy.fileno())
    settle(other.parent)
