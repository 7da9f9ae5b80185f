"""The most that this process ever held in memory."""

from __future__ import annotations

from pathlib import Path

_KIB = 1024
_STATUS = Path("/proc/self/status")


def peak_mb() -> float:
    """Megabytes, libraries and all."""
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / _KIB
    raise ValueError("the system does not say how much memory was held")
