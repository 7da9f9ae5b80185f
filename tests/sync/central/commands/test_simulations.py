"""Asking what a policy would change: by text or by version, refused as when it is published."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.refusal import Refused
from sync.central.commands.allocation_policies import publish
from sync.central.commands.simulations import WhatIf, WhatIfReturns, candidate, what_if, what_if_returns
from sync.central.rules.outcomes import Missing
from tests.app.domain.policy.test_reader import SHIPPED
from tests.sync.central.shop import OWNER, Shop, at

SOURCE = 'kind = "allocation"\nversion = "7"\nchannels = ["shop"]\n[priority.channel]\nshop = -5\n'


def asked(shop: Shop, **more: Any) -> Any:
    body = WhatIf.model_validate({"owner": OWNER} | more)
    return shop.ask(lambda conn: what_if(conn, body, shop.clock.now()))


@pytest.fixture
def waiting(shop: Shop) -> Shop:
    shop.items("A")
    shop.receive({"A": 1})
    shop.order({"A": 1}, order="o1", claim="soft")
    shop.order({"A": 1}, order="o2", channel="shop")
    return shop


def test_a_policy_is_given_as_text_or_as_a_version_that_was_published(waiting: Shop) -> None:
    by_text = asked(waiting, source=SOURCE)
    assert [entry["order"] for entry in by_text["gain_most"]] == ["o2"]
    with pytest.raises(Missing):
        asked(waiting, version="7")
    waiting.act(lambda act: publish(act, SOURCE))
    waiting.act(lambda act: publish(act, SOURCE.replace('"7"', '"8"').replace("-5", "5")))
    assert asked(waiting, version="7")["all"] == by_text["all"]
    assert asked(waiting, version="7")["policy"] == {"before": "8", "after": "7"}
    assert asked(waiting, version="8")["gain_most"] == []
    assert asked(waiting, version="built-in")["policy"]["after"] == "built-in"


@pytest.mark.parametrize("both", [{}, {"source": SOURCE, "version": "7"}])
def test_exactly_one_of_them(waiting: Shop, both: dict[str, str]) -> None:
    with pytest.raises(Refused, match="one of the two"):
        asked(waiting, **both)


def test_a_mistake_is_refused_as_when_it_is_published(waiting: Shop) -> None:
    wrong = SOURCE.replace("shop = -5", "shpo = -5")
    with pytest.raises(Refused) as tried:
        candidate(wrong)
    with pytest.raises(Refused) as published:
        waiting.act(lambda act: publish(act, wrong))
    assert str(tried.value) == str(published.value)


def test_over_a_period(waiting: Shop) -> None:
    found = asked(waiting, source=SOURCE, over={"from": at(1), "to": at(20)})
    assert found["over"] == {"from": "2026-01-01T09:00:00.000Z", "to": "2026-01-20T09:00:00.000Z"}
    assert "to" in asked(waiting, source=SOURCE, over={"from": at(1)})["over"]


@pytest.mark.parametrize(
    "more",
    [{"over": "closed"}, {"over": {"since": at(1)}}, {"most": 201}, {"most": -1}, {"skus": [""]}, {"x": 1}],
)
def test_what_is_unfit_is_refused_at_the_edge(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        WhatIf.model_validate({"owner": OWNER, "source": SOURCE} | more)


def test_a_returns_policy_is_tried_on_what_was_dispositioned(shop: Shop) -> None:
    def tried(**body: Any) -> Any:
        asked = WhatIfReturns.model_validate({"source": SHIPPED} | body)
        return shop.ask(lambda conn: what_if_returns(conn, asked))

    shop.items("A")
    shop.disposition("A", 2, grade=None)
    found = tried(over={"from": at(1)})
    assert (found["all"]["units"], found["cannot_say"][0]["units"]) == (2, 2)
    with pytest.raises(Refused, match="ends after its start"):
        tried(over={"from": at(2), "to": at(1)})
    with pytest.raises(Refused, match="policy, line 1: field 'version'"):
        tried(source="version = 1", over={"from": at(1)})
