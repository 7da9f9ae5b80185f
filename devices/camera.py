"""What every camera driver gives: one picture of what lies on the bench, or a plain reason why not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from app.domain.refusal import Unavailable


class CameraCause(StrEnum):
    """Why a camera gives no picture, in words for a person."""

    UNPLUGGED = "unplugged"
    FAILED = "fault in the driver"


class CameraUnavailable(Unavailable):
    """The camera gives no picture now.

    Args:
        cause: what a person can see or mend.
        detail: what the system or the camera said.
    """

    def __init__(self, cause: CameraCause, detail: str) -> None:
        super().__init__(f"{cause}: {detail}")
        self.cause = cause
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture as the bytes of an image file of that kind.

    Raises:
        ValueError: the bytes do not begin as such a file does.
    """

    data: bytes
    kind: Literal["png", "jpg"]

    def __post_init__(self) -> None:
        """Whoever opens the file later trusts its name."""
        if not self.data.startswith(b"\x89PNG\r\n\x1a\n" if self.kind == "png" else b"\xff\xd8\xff"):
            raise ValueError(f"{len(self.data)} bytes are no {self.kind} file")


class Camera(Protocol):
    """A camera driver. Calls may take seconds; whoever asks keeps them off everybody's way."""

    @property
    def name(self) -> str:
        """The camera's name, as on the Devices screen."""

    def take(self) -> Picture:
        """What lies on the bench now.

        Raises:
            CameraUnavailable: no picture can be had.
        """
