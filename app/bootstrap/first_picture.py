"""Paint first: what else the program does on the same processor waits a moment for the window.

Python runs one thread at a time, so that drawing a label or loading a library while the window paints makes
both late, and only one of them has a person waiting for it.
"""

from __future__ import annotations

import threading

# A window that is hidden paints nothing; labels and the sync go on without it.
_MOST_S = 0.5


class FirstPicture:
    """Whether the window owes a picture; without a window nothing ever waits."""

    def __init__(self) -> None:
        self._painted = threading.Event()
        self._painted.set()
        self.has_window = False

    def expect_window(self) -> None:
        """A window is about to open and to paint."""
        self.has_window = True
        self._painted.clear()

    def owe(self) -> None:
        """The window is about to be told of something that a person waits to see."""
        if self.has_window:
            self._painted.clear()

    def painted(self) -> None:
        """The window has painted."""
        self._painted.set()

    def wait(self) -> None:
        """Returns when nothing is owed, or after half a second."""
        self._painted.wait(_MOST_S)
