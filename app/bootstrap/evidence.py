"""Exports of a centre's evidence read back, one line at a time; needs nothing of a centre."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.domain.proof.shape import LONGEST_LINE
from app.domain.refusal import Refused, Unavailable


@dataclass(frozen=True, slots=True)
class Export:
    """An export in a folder, or in a tar file where one is named."""

    path: Path

    def names(self) -> Sequence[str]:
        """The files that are there."""
        if self.path.is_dir():
            return sorted(entry.name for entry in self.path.iterdir())
        with self._tar() as tar:
            return sorted(tar.getnames())

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of one of them.

        Raises:
            Refused: one is longer than any of ours.
            Unavailable: it cannot be read.
        """
        with self._opened(name) as file:
            while line := file.readline(LONGEST_LINE + 1):
                if len(line) > LONGEST_LINE:
                    raise Refused(
                        "export.line",
                        f"{name} has a line of more than {LONGEST_LINE} bytes.",
                        "Expected an export of this program.",
                        "Ask for the export again.",
                    )
                yield line

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        if self.path.is_dir():
            with (self.path / name).open("rb") as file:
                yield file
            return
        with self._tar() as tar:
            # The last of a name would win elsewhere; here a name that is there twice is none of ours.
            found = [member for member in tar.getmembers() if member.name == name and member.isfile()]
            inside = tar.extractfile(found[0]) if len(found) == 1 else None
            if inside is None:
                raise Unavailable(f"{self.path} holds no single file {name}.")
            with inside:
                yield inside

    @contextmanager
    def _tar(self) -> Iterator[tarfile.TarFile]:
        try:
            with tarfile.open(self.path, "r:") as tar:
                yield tar
        except (OSError, tarfile.TarError) as wrong:
            raise Unavailable(f"{self.path} cannot be read as an export: {wrong}.") from wrong


def opened(path: Path) -> Export:
    """The export at a path.

    Raises:
        Refused: there is nothing.
    """
    if not path.exists():
        raise Refused("export.none", f"There is no {path}.", "Expected an export.", "Check the name.")
    return Export(path)
