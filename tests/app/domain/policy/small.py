"""A returns policy with little in it, and what a mistake in one is refused with."""

from __future__ import annotations

import re

import pytest

from app.domain.policy import read_policy
from app.domain.refusal import Refused

# Small, so that the line numbers below can be counted by eye; the first line is number 1.
SMALL = """\
version = "7"
categories = ["default", "toys"]

[grade.A]
caption = "Like new"
number = 1
as_new = true

[grade.B]
caption = "Opened"
number = 2

[disposition.restock]
caption = "RESTOCK"
status = "sellable"
place = "R-03"

[disposition.hold_blind]
caption = "HOLD"
status = "quarantined"
reason = "blind_return"
place = "HOLD-1"

[disposition.hold_wrong_item]
caption = "HOLD"
status = "quarantined"
reason = "wrong_item"
place = "HOLD-1"

[reason]
late = "Came too late"

[[rule]]
id = "1"
name = "hazardous waits"
hazardous = true
grades = ["*"]
categories = ["*"]
disposition = "hold_blind"

[[rule]]
id = "2"
name = "the rest"
hazardous = false
grades = ["A", "B"]
categories = ["default", "toys"]
disposition = "restock"
"""


def refused(source: str, part: tuple[str, str], code: str, line: int | None, says: str) -> None:
    """The policy with the first of two texts replaced by the second is refused, with file, line and words."""
    assert part[0] in source
    with pytest.raises(Refused) as no:
        read_policy(source.replace(*part, 1), "own.toml")
    assert no.value.code == code, str(no.value)
    assert no.value.read.startswith("own.toml")
    assert line is None or re.search(rf"line {line}\b", no.value.read), no.value.read
    assert re.search(says, str(no.value)), str(no.value)
    assert no.value.expected
    assert no.value.do
