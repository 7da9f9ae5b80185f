"""Writing where a person asked for it: a path that cannot be written is a sentence, not a mistake of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.refusal import Unavailable


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Says which path could not be written.

    Raises:
        Unavailable: the disk, the path or its permissions do not let us.
    """
    try:
        yield
    except OSError as world:
        raise Unavailable(f"{path} cannot be written: {world.strerror or world}.") from world
