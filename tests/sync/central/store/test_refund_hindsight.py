"""Refunds on record under a candidate policy, on both databases; nothing is touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.policy import read_policy
from sync.central.commands import refunds
from sync.central.commands.catalogue import publish_policy
from sync.central.commands.refunds import CreditAsked, RefundNote
from sync.central.store.refund_hindsight import refunds_in_hindsight
from tests.sync.central.shop import POLICY, Shop, open_shop

PUBLISHED = POLICY.format(version="1", b_as_new="false")
HALF = (
    PUBLISHED
    + '[[refund]]\nid = "H"\nname = "opened: half"\ngrades = ["B"]\npercent = 50\n'
    + '[[refund]]\nid = "Z"\nname = "all"\npercent = 100\n'
)
WINDOW = '[[window]]\ncategories = ["*"]\nchannels = ["web"]\ndays = {days}\nafter = "refuse"\n'


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """Three units of one sale come back, graded A, B and A; the last one is undone money: rejected."""
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        found.items("A")
        found.receive({"A": 9})
        found.act(lambda act: publish_policy(act, PUBLISHED))
        line = {"line": 1, "sku": "A", "qty": 4, "unit_minor": 1000, "tax_minor": 400, "currency": "GBP"}
        found.order([line], ship="available", customer="c-1", at="2026-11-18T10:00:00Z")
        rma = found.authorize({"A": 4}, customer="c-1", at="2026-11-22T10:00:00Z")["rma"]
        for number, grade in enumerate("ABA", 1):
            found.disposition("A", rma=rma, line=1, label=f"L07-{number}-X", grade=grade)
        found.act(lambda act: refunds.reject(act, f"{rma}.3", RefundNote()))
        credit = CreditAsked.model_validate({"line": 1, "reason": "kept", "net_minor": 100})
        found.act(lambda act: refunds.credit(act, rma, credit))
        yield found


def tried(shop: Shop, source: str, since: str | None = None, until: str | None = None) -> Any:
    candidate = read_policy(source, "next.toml")
    return shop.ask(lambda conn: refunds_in_hindsight(conn, candidate, since, until, 1))


def test_a_grade_is_refunded_by_the_candidate_s_rule(shop: Shop) -> None:
    found = tried(shop, HALF)
    assert (found["all"]["refunds"], found["all"]["was_minor"]) == (2, {"GBP": 2200})
    assert found["all"]["would_minor"] == {"GBP": 1650}
    assert {one["rule"]: one["would_minor"]["GBP"] for one in found["by_rule"]} == {"H": 550, "Z": 1100}
    assert found["lose"] == {"customers": 1, "minor": {"GBP": 550}}
    assert found["stopped"]["refunds"] == 1


def test_another_window_counts_from_shipment_to_when_the_return_was_asked_for(shop: Shop) -> None:
    assert tried(shop, PUBLISHED + WINDOW.format(days=4))["all"]["would_minor"] == {"GBP": 2200}
    closed = tried(shop, PUBLISHED + WINDOW.format(days=3))
    assert closed["all"]["would_minor"] == {"GBP": 0}
    assert {one["would_rule"] for one in closed["changed"]} == {"default"}


def test_the_policy_that_holds_changes_nothing_and_a_period_has_ends(shop: Shop) -> None:
    found = tried(shop, PUBLISHED)
    assert (found["same"]["refunds"], found["changed"], found["largest"]) == (2, [], [])
    assert tried(shop, HALF, since="2026-11-23T00:00:00.000Z")["all"]["refunds"] == 0
    assert tried(shop, HALF, until="2026-11-22T00:00:00.000Z")["all"]["refunds"] == 0
