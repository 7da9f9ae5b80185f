"""What a ZPL printer answers to `~HQES`, the host query for errors, as one plain cause. Pure.

`~HQES` is asked and not `~HS`, because current firmware leaves `~HS` without an answer in exactly the states
a person must mend: media out, ribbon out, head open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from devices.printer import Cause

QUERY = b"~HQES\r\n"

# `ERRORS:  1 00000000 00010004`: a flag, then error bits in two groups of eight hexadecimal digits.
_ERRORS = re.compile(rb"ERRORS:\s*([01])\s+([0-9A-Fa-f]{8})\s+([0-9A-Fa-f]{8})")
_WARNINGS = re.compile(rb"WARNINGS:\s*[01]\s+[0-9A-Fa-f]{8}\s+[0-9A-Fa-f]{8}")

# In the order of mending: an open cover hides whether there are labels.
_BITS = (
    (0x00000004, Cause.COVER_OPEN),
    (0x00000001, Cause.OUT_OF_LABELS),
    (0x00000002, Cause.OUT_OF_RIBBON),
    (0x00000008, Cause.CUTTER),
    (0x00010000, Cause.PAUSED),
)


@dataclass(frozen=True, slots=True)
class Status:
    """A reply understood: `cause` is None when the printer prints; `detail` quotes the error bits."""

    cause: Cause | None
    detail: str


def is_complete(reply: bytes) -> bool:
    """True when no more of the reply is to be waited for."""
    return _ERRORS.search(reply) is not None and _WARNINGS.search(reply) is not None


def parse(reply: bytes) -> Status | None:
    """The status in a reply; None when it is no answer to `~HQES`."""
    found = _ERRORS.search(reply)
    if found is None:
        return None
    flag, high, low = found.groups()
    detail = f"errors {flag.decode()} {high.decode()} {low.decode()}"
    if flag == b"0":
        return Status(None, detail)
    bits = int(low, 16)
    return Status(next((cause for bit, cause in _BITS if bits & bit), Cause.STOPPED), detail)
