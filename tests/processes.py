"""Whether processes that are not ours to wait for still run."""

from __future__ import annotations

import threading
from pathlib import Path

_TRIES, _PAUSE_S = 600, 0.05


def alive(pid: int) -> bool:
    """True while it runs; one that ended and that nobody has waited for runs no more."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def gone(pid: int) -> bool:
    """Waits for its end; False when it still runs after half a minute."""
    pause = threading.Event()
    for _ in range(_TRIES):
        if not alive(pid):
            return True
        pause.wait(_PAUSE_S)
    return False
