"""Policies with work: the shipped one without some of it, and a small one that has two."""

from __future__ import annotations

import re

from tests.app.domain.policy.small import SMALL

WORKED = (
    SMALL.replace(
        "[reason]",
        """[grade.C]
caption = "Worn"
number = 3

[disposition.refurbish]
caption = "REFURB"
status = "refurbish"
place = "F-01"

[disposition.scrap]
caption = "DISCARD"
status = "quarantined"
reason = "awaiting_write_off"
place = "HOLD-3"
confirm = true

[disposition.liquidate]
caption = "LIQUIDATE"
status = "damaged"
place = "Q-04"

[reason]""",
    ).replace('grades = ["A", "B"]', 'grades = ["A"]')
    + """
[[rule]]
id = "3"
name = "refurbished B is put back"
grades = ["B"]
categories = ["*"]
refurbished = true
disposition = "restock"

[[rule]]
id = "4"
name = "refurbished C is sold off"
grades = ["C"]
categories = ["*"]
refurbished = true
disposition = "liquidate"

[[rule]]
id = "5"
name = "B and C are refurbished"
grades = ["B", "C"]
categories = ["*"]
disposition = "refurbish"

[[recovery]]
route = "refurbish"
grades = ["B"]
percent = 60
cost_minor = { GBP = 200 }

[[recovery]]
route = "refurbish"
grades = ["C"]
percent = 60
cost_minor = { GBP = 900 }

[[work]]
id = "W1"
name = "opened: clean, repack"
grades = ["B"]
best = "B"
otherwise = "liquidate"

[[work.step]]
id = "clean"
kind = "clean"
caption = "Wipe it"
owner = "bench"
hours = 24
cost_minor = { GBP = 50 }

[[work.step]]
id = "repack"
kind = "repack"
caption = "A new box"
owner = "packing"
hours = 48
cost_minor = { GBP = 150 }
skipped = "C"

[[work]]
id = "W2"
name = "worn: repair, test, relabel"
grades = ["C"]
best = "A"
otherwise = "scrap"

[[work.step]]
id = "repair"
kind = "repair"
caption = "Mend it"
owner = "workshop"
hours = 72
cost_minor = { GBP = 500 }

[[work.step]]
id = "test"
kind = "test"
caption = "Try it"
owner = "workshop"
hours = 24
cost_minor = { GBP = 100 }

[[work.step]]
id = "label"
kind = "relabel"
caption = "Its own label"
owner = "bench"
hours = 8
cost_minor = { GBP = 30 }
skipped = "B"
"""
)
"""Grade B is cleaned and repacked, C repaired, tested and relabelled; A is put back as it is."""
_RULE = re.compile(r'\[\[rule\]\]\nid = "16"\n.*?\n\n', re.DOTALL)


def unworked(source: str, *ids: str) -> str:
    """A policy as shipped without these works, or without any and the rule of refurbished units."""
    if not ids:
        source = _RULE.sub("", source)
    for name in ids or ("W1", "W2", "W3"):
        source = re.sub(
            rf'\[\[work\]\]\nid = "{name}"\n.*?(?=\[\[work\]\]|# Canned notes)', "", source, flags=re.DOTALL
        )
    return source
