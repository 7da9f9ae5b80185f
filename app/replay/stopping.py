"""Being asked to stop: the first time politely, after the invoice at hand; the second time at once."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Self

_ASKING = (signal.SIGINT, signal.SIGTERM)


class Stopping:
    """Listens for Ctrl-C, and for being terminated, while its block runs; for the main thread."""

    def __init__(self) -> None:
        self._asked = False
        self._before = {number: signal.getsignal(number) for number in _ASKING}

    def asked(self) -> bool:
        """True once somebody asked."""
        return self._asked

    def _hear(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True

    def __enter__(self) -> Self:
        for number in _ASKING:
            signal.signal(number, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
