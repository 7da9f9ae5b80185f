"""Exports of a centre's evidence read back, one line at a time, and checkpoints in files; needs no centre."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.domain.fields import Fields
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


def said_in(path: Path) -> Fields:
    """What a file of checkpoints says, before any of it is believed.

    Raises:
        Refused: it is no such file.
        Unavailable: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_LINE + 1)
        if len(data) > LONGEST_LINE:
            raise ValueError("too long")  # noqa: TRY301 - said as any other file that is none of ours
        return Fields(json.loads(data), str(path))
    except OSError as wrong:
        raise Unavailable(f"{path} cannot be read: {wrong.strerror}.") from wrong
    except (ValueError, RecursionError):
        raise Refused(
            "checkpoints.form",
            f"{path} is no file of checkpoints.",
            "Expected what backhaul audit --checkpoints or backhaul central checkpoints wrote.",
            "Check the name, or write it anew.",
        ) from None


def put(path: Path, said: dict[str, object]) -> None:
    """Writes checkpoints to a new file.

    Raises:
        Refused: there is something already.
        Unavailable: it cannot be written.
    """
    try:
        with path.open("xb") as file:
            file.write(json.dumps(said, indent=1, ensure_ascii=False).encode() + b"\n")
    except FileExistsError:
        raise Refused(
            "checkpoints.exists", f"{path} is there already.", "Expected a new file.", "Name another."
        ) from None
    except OSError as wrong:
        raise Unavailable(f"{path} cannot be written: {wrong.strerror}.") from wrong
