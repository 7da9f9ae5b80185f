"""A watch on the log: what was written at WARNING or above, set against what a test said would be."""

from __future__ import annotations

import logging
import re
from types import TracebackType
from typing import Self


class LogWatch(logging.Handler):
    """Keeps the records that reach the root logger between entering and leaving.

    A record counts as expected when any announced pattern is found in its message.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._records: list[logging.LogRecord] = []
        self._patterns: list[str] = []

    def __enter__(self) -> Self:
        logging.getLogger().addHandler(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        logging.getLogger().removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record; called by logging, from any thread, under the handler's lock."""
        self._records.append(record)

    def expect(self, pattern: str) -> None:
        """Announce that a record whose message holds this regular expression will come."""
        self._patterns.append(pattern)

    def faults(self) -> list[str]:
        """One line for each record that nobody announced and each announcement that did not come true."""
        messages = [(record, record.getMessage()) for record in self._records]
        unexpected = [
            f"unexpected {record.levelname} of {record.name}: {message}"
            for record, message in messages
            if not any(re.search(pattern, message) for pattern in self._patterns)
        ]
        absent = [
            f"no record came that holds {pattern!r}"
            for pattern in self._patterns
            if not any(re.search(pattern, message) for _, message in messages)
        ]
        return unexpected + absent
