"""A table of a paper has as many cells in each row as headings."""

from __future__ import annotations

import pytest

from app.domain.paper import Grid


def test_a_row_of_another_length_is_refused() -> None:
    assert Grid(("A", "B"), (("1", "2"),), (1, 1)).rows == (("1", "2"),)
    with pytest.raises(ValueError, match="another length"):
        Grid(("A", "B"), (("1",),), (1, 1))
    with pytest.raises(ValueError, match="another length"):
        Grid(("A", "B"), (), (1,))
