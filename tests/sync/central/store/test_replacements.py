"""A replacement is brought where its units say, however often it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from sync.central.store.replacements import reckon
from sync.central.store.tables import event
from tests.sync.central.exchanging import EXCHANGE, Exchanging, open_exchanging


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Exchanging]:
    with open_exchanging(tmp_path) as found:
        found.sold(2, ship="later")
        yield found


def events(shop: Exchanging) -> int:
    asked = select(func.count()).select_from(event).where(event.c.kind.like("replacement.%"))
    return int(shop.ask(lambda conn: conn.scalar(asked)) or 0)


def test_reckoned_again_nothing_happens(shop: Exchanging) -> None:
    rma = str(shop.wants(EXCHANGE)["rma"])
    shop.back(rma)
    before = events(shop)
    assert before == 2
    for line in (1, 2):
        shop.act(partial(reckon, code=rma, line=line))
    assert (events(shop), shop.state(rma)) == (before, "released")


def test_each_state_it_was_in_has_its_event_and_who_brought_it_there(shop: Exchanging) -> None:
    rma = str(shop.wants(EXCHANGE)["rma"])
    shop.undone(shop.back(rma))
    steps = shop.replacement(rma)["steps"]
    assert [(one["state"], one["by"]) for one in steps] == [
        ("held", "sam"),
        ("released", "centre"),
        ("held", "centre"),
    ]
    assert all(one["event"] for one in steps)
    assert steps[1]["note"].endswith("is paid")
