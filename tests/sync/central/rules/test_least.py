"""The fewest units that an order may ask for: all its lines of an item together."""

from __future__ import annotations

import pytest

from app.domain.refusal import Refused
from sync.central.rules.least import Asked, require_least


@pytest.mark.parametrize(
    "lines",
    [
        [Asked(1, "A", 6)],
        [Asked(1, "A", 2), Asked(2, "A", 4)],
        [Asked(1, "A", 0)],
        [Asked(1, "B", 1)],
    ],
)
def test_enough_or_none_at_all_is_taken(lines: list[Asked]) -> None:
    require_least(lines, {"A": 6})


def test_fewer_are_refused_with_the_line_the_quantity_and_the_least() -> None:
    with pytest.raises(Refused) as no:
        require_least([Asked(1, "B", 1), Asked(2, "A", 2), Asked(3, "A", 3)], {"A": 6})
    assert no.value.code == "order.min_qty"
    assert "Line 2: read 5 units of A" in str(no.value)
    assert "at least 6" in str(no.value)
