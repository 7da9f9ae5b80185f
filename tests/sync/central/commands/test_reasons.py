"""Why a line comes back: in our words, or in another system's as the policy reads them."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.commands.catalogue import publish_policy
from sync.central.store.return_sheets import document
from tests.app.domain.policy.test_reader import SHIPPED
from tests.sync.central.shop import Shop


@pytest.fixture
def sold(shop: Shop) -> Shop:
    shop.items("A")
    shop.receive({"A": 9})
    shop.order({"A": 9}, ship="available", customer="c-1", day=3)
    return shop


def reason(shop: Shop, **given: Any) -> Any:
    answer = shop.authorize([{"line": 1, "sku": "A", "qty": 1, **given}], customer="c-1")
    kept: Any = shop.ask(lambda conn: document(conn, answer["rma"]))
    assert kept["lines"][0]["reason"] == answer["lines"][0]["reason"]
    return answer["lines"][0]["reason"]


def test_a_code_of_another_system_is_kept_in_our_words(sold: Shop) -> None:
    sold.act(lambda act: publish_policy(act, SHIPPED))
    assert reason(sold, reason="late") == "late"
    assert reason(sold, reason_system="shopify", reason_code="UNWANTED") == "changed_mind"
    assert reason(sold, reason_system="amazon_fba", reason_code="NEW_ONE") == "amazon_fba:NEW_ONE"


def test_without_a_policy_a_code_is_kept_as_it_came(sold: Shop) -> None:
    assert reason(sold, reason_system="x12", reason_code="DT") == "x12:DT"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"reason": "late", "reason_code": "DT"},
        {"reason": "late", "reason_system": "x12", "reason_code": "DT"},
        {"reason_system": "x12"},
        {"reason_code": "DT"},
    ],
    ids=lambda given: "+".join(given) or "none",
)
def test_a_line_has_one_reason(sold: Shop, given: dict[str, str]) -> None:
    with pytest.raises(Refused) as no:
        reason(sold, **given)
    assert no.value.code == "return.reason"
