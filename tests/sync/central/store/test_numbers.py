"""The centre's own codes are counted, and one that somebody gave is passed over."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert

from app.domain.codes import CodeFamily, HumanCode
from sync.central.store.numbers import SERIES, next_code, taken
from sync.central.store.tables import counter, wave
from tests.sync.central.shop import Shop

CODES = wave.c.code


def test_codes_are_counted_and_a_taken_one_is_passed_over(shop: Shop) -> None:
    second = str(HumanCode(CodeFamily.WAVE, "", 2))
    row = {"code": second, "owner": "o", "released_at": "t", "released_by": "sam", "document": "{}"}
    shop.act(lambda act: act.conn.execute(insert(wave), row))
    assert shop.ask(lambda conn: taken(conn, CODES, second))
    given = shop.act(lambda act: [next_code(act.conn, CodeFamily.WAVE, CODES) for _ in range(2)])
    assert given == [str(HumanCode(CodeFamily.WAVE, "", number)) for number in (1, 3)]


def test_a_series_that_nothing_counts_is_a_defect(shop: Shop) -> None:
    shop.act(lambda act: act.conn.execute(delete(counter).where(counter.c.name == SERIES[CodeFamily.WAVE])))
    with pytest.raises(RuntimeError, match="nothing counts wave"):
        shop.act(lambda act: next_code(act.conn, CodeFamily.WAVE, CODES))
