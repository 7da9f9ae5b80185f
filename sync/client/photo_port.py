"""The two narrow openings through which photos travel: the station's shelf of them, and the centre.

A call on `PhotoShelf` may wait a while and raises `Unavailable` while the station is closing or its disk
fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sync.wire.attachments import Ask, Have, Held


@dataclass(frozen=True, slots=True)
class PhotoState:
    """How many photos wait, how many are lost (their files are gone and never arrived), and what hinders."""

    waiting: int
    lost: int
    trouble: str = ""


class PhotoShelf(Protocol):
    """The station's photos, by the digests that its events name them by."""

    def count(self) -> tuple[int, int]:
        """How many wait, and how many are lost."""

    def facts_wait(self) -> bool:
        """True while events wait to be sent: they go first."""

    def waiting(self, limit: int) -> Sequence[str]:
        """Photos to be sent whose events the centre confirmed, oldest first."""

    def missing(self, limit: int) -> Sequence[str]:
        """Photos that have no file, of which the centre was not told."""

    def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Confirmed photos whose time on this disk is over."""

    def read(self, digest: str) -> bytes | None:
        """Its bytes; None when there is no such file any more, or not as it was."""

    def confirmed(self, digest: str, gen: int, now: datetime) -> None:
        """The centre has it."""

    def wait(self, digest: str) -> None:
        """It is to be sent again."""

    def miss(self, digest: str) -> None:
        """It has no file."""

    def told(self, digests: Sequence[str]) -> None:
        """The centre was told that these have no files."""

    def remove(self, digest: str) -> None:
        """Its file goes; the name stays."""

    def restored(self, gen: int) -> None:
        """The centre's feed is at this generation: what another one confirmed is to be sent again."""

    def look_again(self) -> None:
        """Missing photos whose files are back wait again."""


class PhotoCentre(Protocol):
    """The centre's two answers about photos; they fail as those of `CentrePort` do."""

    def ask(self, ask: Ask) -> Held:
        """What it has of some photos."""

    def put(self, digest: str, offset: int, size: int, piece: bytes) -> Have:
        """Hands over a piece."""
