"""What every printer driver gives: it takes a job, or says plainly why not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from app.domain.refusal import Unavailable

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class Cause(StrEnum):
    """Why a printer does not print, in words for the device pill."""

    OUT_OF_LABELS = "out of labels"
    OUT_OF_RIBBON = "out of ribbon"
    COVER_OPEN = "cover open"
    CUTTER = "cutter jammed"
    PAUSED = "paused"
    STOPPED = "reports a fault"
    REFUSED = "refuses the connection"
    OFFLINE = "does not answer"
    UNKNOWN_REPLY = "answers in an unknown way"
    FOLDER = "cannot write its folder"
    FAILED = "fault in the driver"


class PrinterUnavailable(Unavailable):
    """The printer cannot print now.

    Args:
        cause: what a person can see or mend.
        detail: what the system or the printer said.
        taken: True when the printer holds the whole job already: it prints when mended; do not send it again.
    """

    def __init__(self, cause: Cause, detail: str, *, taken: bool = False) -> None:
        super().__init__(f"{cause}: {detail}")
        self.cause = cause
        self.detail = detail
        self.taken = taken


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One label to print: its bytes, their kind, the code on it, and how many.

    Raises:
        ValueError: a code that is no plain file name, or fewer than one copy.
    """

    data: bytes
    kind: Literal["zpl", "pdf"]
    label_code: str
    copies: int = 1

    def __post_init__(self) -> None:
        """Codes become file names, so nothing else may pass."""
        if not _FILE_NAME.fullmatch(self.label_code):
            raise ValueError(f"{self.label_code!r} is no label code")
        if self.copies < 1:
            raise ValueError(f"{self.copies} copies of {self.label_code}")


class Printer(Protocol):
    """A printer driver. Calls may take seconds; `PrintQueue` keeps them off everybody's way."""

    @property
    def name(self) -> str:
        """The printer's name, as on the Devices screen."""

    def send(self, job: PrintJob) -> None:
        """Hands over one job.

        Raises:
            PrinterUnavailable: not now; `taken` says whether to send the job again.
        """

    def ready(self) -> None:
        """Asks whether a job would print.

        Raises:
            PrinterUnavailable: it would not.
        """
