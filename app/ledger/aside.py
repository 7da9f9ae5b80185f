"""Where a file is kept that a copy takes the place of, and what the library left beside it."""

from __future__ import annotations

from pathlib import Path

from app.domain.refusal import Unavailable
from app.ledger.lasting import second_name

# What the library leaves beside a file whose program did not end by itself.
_LOG = ("-wal", "-journal", "-shm")


def free_name(file: Path) -> Path:
    """A name beside `file` that nothing has which was kept before, nor the log of anything."""
    number = 1
    while any(one.exists() for one in _with_log(_numbered(file, number))):
        number += 1
    return _numbered(file, number)


def log_stays(file: Path, aside: Path) -> list[Path]:
    """Takes a file's log away from it, to beside `aside`: it must not be taken for that of a copy.

    Raises:
        OSError: the disk; each part of the log has one of its names, or both.
    """
    _, *parts = _with_log(file)
    _, *others = _with_log(aside)
    kept = [(part, other) for part, other in zip(parts, others, strict=True) if part.exists()]
    for part, other in kept:
        second_name(part, other)
    for part, _ in kept:
        part.unlink()
    return [other for _, other in kept]


def taken_back(file: Path, aside: Path) -> None:
    """What was kept keeps its own name after all: its log has that again before any other name goes.

    A log that alone had gone aside would be missing where the file is read, and be no help where it is.
    Without a file to go back to, the other names stay.

    Raises:
        Unavailable: the disk; file and log are together under the one name or the other.
    """
    try:
        _take_back(file, aside)
    except OSError as wrong:
        raise Unavailable(
            f"{file} was not replaced, and is whole as {aside}: {wrong}. Check the disk and the space left."
        ) from wrong


def _take_back(file: Path, aside: Path) -> None:
    if not file.exists():
        return
    _, *parts = _with_log(file)
    _, *others = _with_log(aside)
    for part, other in zip(parts, others, strict=True):
        if other.exists() and not part.exists():
            second_name(other, part)
    for other in (aside, *others):
        other.unlink(missing_ok=True)


def log_aside(file: Path) -> Path | None:
    """Where the log of a file is kept that is gone itself; None where it left none.

    Raises:
        OSError: as `log_stays`.
    """
    kept = log_stays(file, free_name(file))
    return kept[0] if kept else None


def _numbered(file: Path, number: int) -> Path:
    return file.with_name(f"{file.stem}-replaced-{number}{file.suffix}")


def _with_log(file: Path) -> list[Path]:
    return [file, *(file.with_name(file.name + ending) for ending in _LOG)]
