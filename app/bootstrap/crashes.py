"""Reports of our own defects, as files a person can send."""

from __future__ import annotations

import traceback
from datetime import datetime
from itertools import count
from pathlib import Path


def write_report(folder: Path, defect: BaseException, now: datetime) -> Path:
    """Writes a crash file into `folder` and answers where it is; an earlier one is never replaced.

    It holds the traceback and the messages of the exceptions, which may quote what was being worked on:
    look at it before it is given to anybody.

    Raises:
        OSError: the disk does not take it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(traceback.format_exception(defect))
    for number in count(1):
        more = f"-{number}" if number > 1 else ""
        path = folder / f"crash-{now:%Y%m%d-%H%M%S}{more}.txt"
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            continue
        break
    return path
