"""Which SQLite libraries may be trusted with two connections on one write-ahead log.

Versions 3.7.0 to 3.51.2 hold a race between a connection that writes and one that resets the log, which can
lose commits; 3.51.3 mends it, and so do the later patches of two older lines.
"""

from __future__ import annotations

_MENDED = (3, 51, 3)
# Patch level from which an older line is mended too, by its major and minor number.
_MENDED_LINES = {(3, 50): 7, (3, 44): 6}


def wal_reset_safe(version: tuple[int, int, int]) -> bool:
    """True when the library of that version does not have the race."""
    major, minor, patch = version
    line = _MENDED_LINES.get((major, minor))
    return version >= _MENDED or (line is not None and patch >= line)
