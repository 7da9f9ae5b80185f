"""Returns policies that the office publishes, and what each says of a unit: written down by hand.

Each is the one that ships with one rule more. What they say of grades that none of them touches is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.bootstrap import resources
from tests.simulator.ground import CREAM, KETTLE, MUGS, SOLVENT, TOASTER

CATEGORY = {MUGS: "kitchen", TOASTER: "kitchen", KETTLE: "kitchen", CREAM: "consumables", SOLVENT: "default"}
AS_SHIPPED: Mapping[tuple[str, str], str] = {
    ("kitchen", "A"): "R-03",
    ("consumables", "A"): "R-03",
    ("default", "A"): "R-03",
    ("kitchen", "B"): "F-01",
    ("consumables", "B"): "HOLD-3",
    ("default", "B"): "HOLD-2",
}
"""Where the policy that ships sends units of a category and grade."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A policy with one more rule for units of a category and grade, before those of most others."""

    category: str = ""
    grade: str = ""
    disposition: str = ""
    place: str = ""

    def sends(self, category: str, grade: str) -> str:
        """Where such a unit goes; empty for grades that no variant touches."""
        if (category, grade) == (self.category, self.grade):
            return self.place
        return AS_SHIPPED.get((category, grade), "")


VARIANTS: Sequence[Variant] = (
    Variant(),
    Variant("kitchen", "B", "vendor_return", "V-02"),
    Variant("kitchen", "A", "quarantine", "HOLD-2"),
    Variant("consumables", "A", "quarantine", "HOLD-2"),
)
_BEFORE = '[[rule]]\nid = "12"'


def variant(which: int, name: str) -> tuple[str, str]:
    """The text of a variant under a version of its own, and that version."""
    found, source = VARIANTS[which], resources.policy_source()
    if found.category:
        rule = (
            '[[rule]]\nid = "11"\nname = "as the office said"\n'
            f'grades = ["{found.grade}"]\ncategories = ["{found.category}"]\n'
            f'disposition = "{found.disposition}"\n\n'
        )
        source = source.replace(_BEFORE, rule + _BEFORE, 1)
    source = source.replace('version = "', f'version = "{name}-', 1)
    return source, source.partition('version = "')[2].partition('"')[0]
