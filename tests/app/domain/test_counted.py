"""One thing is no plural."""

from __future__ import annotations

import pytest

from app.domain.counted import counted


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 units"), (1, "1 unit"), (2, "2 units"), (-1, "-1 units")]
)
def test_one_is_said_as_one(number: int, said: str) -> None:
    assert counted(number, "unit") == said
