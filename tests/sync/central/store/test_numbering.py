"""Running numbers: each once, each series for itself."""

from __future__ import annotations

import pytest

from sync.central.store.numbering import next_number
from tests.sync.central.shop import Shop


def test_each_series_counts_for_itself(shop: Shop) -> None:
    assert [shop.act(lambda act: next_number(act.conn, "work")) for _ in range(3)] == [1, 2, 3]
    assert shop.act(lambda act: next_number(act.conn, "wave")) == 1


def test_a_series_that_no_step_made_is_a_defect(shop: Shop) -> None:
    with pytest.raises(RuntimeError, match="counts what"):
        shop.act(lambda act: next_number(act.conn, "what"))
