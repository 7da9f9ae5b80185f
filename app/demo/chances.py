"""How often things happen in the generated business.

Reasons stand in the proportions of complaint classes that people assigned to the reviews of a public
marketplace: low quality 75, not as advertised 86, partial delivery 212, delayed 203, plain return 66.

Quantities have the shape of a wholesaler's credit notes, heavily skewed: one unit in 50 lines of 100, two in
19, then the pack sizes 6, 12 and 24, and in 4 lines of 1,000 hundreds at once. The median lies between 1 and
2 while the mean is above 4.

Grades are our own assumption: A 62 %, B 18 %, C 12 %, D 8 %, given to a return line as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from types import MappingProxyType

REASONS: Mapping[str, int] = MappingProxyType(
    {"defective": 75, "not_as_described": 86, "partial_delivery": 212, "late": 203, "changed_mind": 66}
)
GRADES: Mapping[str, int] = MappingProxyType({"A": 62, "B": 18, "C": 12, "D": 8})

# 0 stands for hundreds.
QUANTITIES: Mapping[int, int] = MappingProxyType(
    {1: 500, 2: 190, 3: 75, 4: 55, 6: 70, 12: 70, 24: 30, 48: 6, 0: 4}
)
HUNDREDS = (100, 144, 200, 288, 500)


def reason(random: Random) -> str:
    """Why a line comes back."""
    return random.choices(tuple(REASONS), tuple(REASONS.values()))[0]


def grade(random: Random) -> str:
    """In what condition a line comes back."""
    return random.choices(tuple(GRADES), tuple(GRADES.values()))[0]


def quantity(random: Random) -> int:
    """How many units a line has."""
    return random.choices(tuple(QUANTITIES), tuple(QUANTITIES.values()))[0] or random.choice(HUNDREDS)
