"""A returns policy with little in it."""

from __future__ import annotations

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
