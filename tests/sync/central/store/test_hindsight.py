"""A candidate returns policy over what was dispositioned: read as a stream, and nothing is touched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.event import EventKind
from app.domain.policy import read_policy
from app.domain.refusal import Refused
from sync.central.store.hindsight import Period, in_hindsight
from tests.app.domain.policy.test_reader import SHIPPED
from tests.sync.central.shop import Shop, open_shop

HARSHER = SHIPPED.replace(
    'grades = ["A"]\ncategories = ["*"]\ndisposition = "restock"',
    'grades = ["A"]\ncategories = ["*"]\ndisposition = "scrap"',
)


@pytest.fixture(params=["sqlite", "postgresql"])
def trade(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    # The events below tell of dispositions without the moves of real ones.
    with open_shop(tmp_path, url, prove=False) as shop:
        shop.items(
            "A", {"sku": "T", "name": "Toy", "category": "toys", "value_minor": 900, "currency": "EUR"}
        )
        yield shop


def judged(shop: Shop, sku: str = "A", grade: Any = "A", was: str = "restock", **more: Any) -> str:
    body: Any = {"rule": "12", "qty": 1} | more
    return shop.at_station(EventKind.RETURN_DISPOSITIONED, sku=sku, grade=grade, disposition=was, **body)


def tried(shop: Shop, source: str = HARSHER, page: int = 2, **period: datetime) -> Any:
    candidate = read_policy(source, "next.toml")
    return shop.ask(lambda conn: in_hindsight(conn, candidate, Period(**period), page=page))


def test_counts_and_value_by_what_was_and_would_be(trade: Shop) -> None:
    for _ in range(3):
        judged(trade, qty=2)
    judged(trade, "T", "C", "liquidate")
    judged(trade, "T", "B", "hold_blind", rule="held")
    gone = judged(trade)
    trade.at_station(EventKind.RETURN_UNDONE, corrects=gone)
    found = tried(trade)
    (changed,) = found["changed"]
    assert (changed["was"], changed["would"]) == ("restock", "scrap")
    assert (changed["events"], changed["units"], changed["value_minor"]) == (3, 6, {"GBP": 1500})
    assert (found["same"]["units"], found["held"]["units"], found["all"]["events"]) == (1, 1, 5)
    assert [one["value_minor"] for one in found["largest"]] == [500, 500, 500]
    assert found["cannot_say"] == []


def test_the_shipped_policy_tried_on_itself_changes_nothing(trade: Shop) -> None:
    judged(trade)
    judged(trade, "T", "D", "refurbish", answers=["broken.parts"])
    found = tried(trade, SHIPPED)
    assert (found["changed"], found["same"]["units"]) == ([], 2)


@pytest.mark.parametrize(
    "body",
    [{"sku": "unheard of"}, {"grade": ""}, {"grade": 7}, {"answers": "yes"}],
    ids=lambda body: next(iter(body)),
)
def test_what_a_station_told_strangely_is_counted_and_not_guessed(trade: Shop, body: dict[str, Any]) -> None:
    judged(trade, **body)
    found = tried(trade)
    (one,) = found["cannot_say"]
    assert (one["why"], one["events"]) == ("the item or its grade is not on record", 1)


def test_a_period_is_by_when_it_happened(trade: Shop) -> None:
    judged(trade)
    row = tried(trade)["largest"][0]
    at = datetime.fromisoformat(row["occurred_at"])
    assert tried(trade, since=at)["all"]["events"] == 1
    assert tried(trade, until=at)["all"]["events"] == 0
    with pytest.raises(Refused, match="ends after its start"):
        tried(trade, since=at, until=at)


def test_policies_that_were_published_say_what_was_asked(trade: Shop) -> None:
    trade.policy("1")
    judged(trade, "T", "D", "refurbish", answers=["broken.parts"])
    assert tried(trade, SHIPPED)["same"]["units"] == 1


def test_a_rule_that_chooses_is_tried_with_the_value_of_the_item(trade: Shop) -> None:
    judged(trade, "A", "C", "refurbish")
    found = tried(trade, SHIPPED)
    (changed,) = found["changed"]
    assert (changed["was"], changed["would"]) == ("refurbish", "liquidate")


def test_more_than_can_be_read_at_once_is_refused(trade: Shop) -> None:
    for _ in range(3):
        judged(trade)
    candidate = read_policy(SHIPPED, "next.toml")
    found: Any = trade.ask(lambda conn: in_hindsight(conn, candidate, Period(), most_read=3))
    assert found["all"]["events"] == 3
    with pytest.raises(Refused, match="more than 2") as no:
        trade.ask(lambda conn: in_hindsight(conn, candidate, Period(), most_read=2))
    assert no.value.code == "simulation.too_many"
