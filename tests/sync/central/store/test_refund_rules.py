"""The rule of a return line by the policy of its authorization, read for many lines at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.policy.refunds import FULL, Method
from sync.central.commands.catalogue import publish_policy
from sync.central.store.refund_rules import RefundRules
from tests.sync.central.shop import POLICY, Shop, open_shop

SOURCE = (
    POLICY.format(version="1", b_as_new="false")
    + '[[refund]]\nid = "H"\nname = "half"\ngrades = ["B"]\npercent = 50\n'
    + '[[window]]\ncategories = ["*"]\nchannels = ["web"]\ndays = 3\nafter = "store_credit"\n'
)


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        found.items("A")
        found.receive({"A": 9})
        yield found


def rules(shop: Shop, *codes: str) -> RefundRules:
    return shop.ask(lambda conn: RefundRules.read(conn, codes, ["A", "ZZ"]))


def test_each_return_is_judged_by_its_own_version_and_offers(shop: Shop) -> None:
    shop.order({"A": 1}, ship="available", customer="c-1")
    plain = shop.authorize({"A": 1}, customer="c-1")["rma"]
    shop.act(lambda act: publish_policy(act, SOURCE))
    shop.order({"A": 1}, ship="available", customer="c-1", at="2026-11-21T10:00:00Z")
    fresh = shop.authorize({"A": 1}, customer="c-1", at="2026-11-24T10:00:00Z")["rma"]
    shop.order({"A": 1}, ship="available", customer="c-1", at="2026-11-21T10:00:00Z")
    late = shop.authorize({"A": 1}, customer="c-1", at="2026-11-25T10:00:00Z")["rma"]
    found = rules(shop, plain, fresh, late)
    body: dict[str, Any] = {"sku": "A", "grade": "B"}
    assert found.rule_for(plain, 1, body) == (FULL, "")
    rule, version = found.rule_for(fresh, 1, body)
    assert (rule.id, rule.percent, rule.method, version) == ("H", 50, Method.ORIGINAL, "1")
    assert found.rule_for(late, 1, body)[0].method is Method.STORE_CREDIT
    assert found.rule_for(fresh, 1, {"sku": "A", "grade": "A"}) == (FULL, "1")


def test_a_return_that_nobody_knows_is_judged_by_the_whole_price(shop: Shop) -> None:
    assert rules(shop).rule_for("R-9", 1, {}) == (FULL, "")
    assert rules(shop, "R-9").rule_for("R-9", 1, {"sku": "ZZ"}) == (FULL, "")
