"""A printer that is a folder: each label a file, for demos, tests and sites that print by other means."""

from __future__ import annotations

import os
from pathlib import Path

from devices.printer import Cause, PrinterUnavailable, PrintJob


class FolderPrinter:
    """Writes `<label code>.zpl` or `.pdf`, whole or not at all; a reprint replaces the file.

    Args:
        folder: made when the first label comes.
        name: the printer's name.
    """

    def __init__(self, folder: Path, name: str = "folder") -> None:
        self._folder = folder
        self._name = name

    @property
    def name(self) -> str:
        """The printer's name, as on the Devices screen."""
        return self._name

    def send(self, job: PrintJob) -> None:
        """Writes one label; copies are the same file.

        Raises:
            PrinterUnavailable: the folder cannot be written.
        """
        whole = self._folder / f"{job.label_code}.{job.kind}"
        # A dot in front, so that whoever watches the folder for labels does not see it.
        part = self._folder / f".{job.label_code}.{job.kind}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(job.data)
            part.replace(whole)
        except OSError as cause:
            raise PrinterUnavailable(Cause.FOLDER, str(cause)) from cause

    def ready(self) -> None:
        """Asks whether the folder can be written.

        Raises:
            PrinterUnavailable: it cannot.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            raise PrinterUnavailable(Cause.FOLDER, str(cause)) from cause
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise PrinterUnavailable(Cause.FOLDER, f"{self._folder} is read-only")
