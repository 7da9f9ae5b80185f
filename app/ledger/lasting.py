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
    # Where folders cannot be opened, the system does so by itself.
    if os.name != "posix":
        return
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def second_name(file: Path, other: Path) -> None:
    """Gives a file another name, which stays when the first goes to another file; or a copy, without links.

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
