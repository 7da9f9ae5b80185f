"""Publishing allocation policies."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from app.domain.refusal import Refused
from sync.central.commands.allocation_policies import (
    NewAllocationPolicy,
    current,
    has_any,
    publish,
    versions,
)
from sync.central.rules.allocation_policy import read_allocation_policy
from sync.central.rules.outcomes import Conflict, Missing
from tests.sync.central.shop import Shop, open_shop

SHIPPED = files("resources").joinpath("policies", "allocation.toml").read_text(encoding="utf-8")
SOURCE = 'kind = "allocation"\nversion = "7"\n[priority]\nbase = 200\n'


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with open_shop(tmp_path, url) as found:
        yield found


def test_a_policy_is_in_force_once_published(both: Shop) -> None:
    assert not both.ask(has_any)
    with pytest.raises(Missing):
        both.ask(current)
    assert both.ask(versions) == {"policies": []}
    assert both.act(lambda act: publish(act, SOURCE)) == {"version": "7", "in_force": "7"}
    assert both.ask(has_any)
    assert both.ask(current) == {
        "version": "7",
        "published_at": "2026-11-22T10:00:00.000Z",
        "published_by": "sam",
        "source": SOURCE,
    }
    both.act(lambda act: publish(act, SHIPPED))
    shipped = read_allocation_policy(SHIPPED, "allocation.toml").version
    assert both.ask(current)["source"] == SHIPPED
    assert [entry["version"] for entry in both.ask(versions)["policies"]] == [shipped, "7"]  # type: ignore[attr-defined]  # JSON


def test_the_same_text_again_changes_nothing_and_another_is_refused(both: Shop) -> None:
    both.act(lambda act: publish(act, SOURCE))
    both.act(lambda act: publish(act, SOURCE.replace('"7"', '"8"')))
    assert both.act(lambda act: publish(act, SOURCE)) == {"version": "7", "in_force": "8"}
    assert len(both.ask(versions)["policies"]) == 2  # type: ignore[arg-type]  # JSON
    with pytest.raises(Conflict) as no:
        both.act(lambda act: publish(act, SOURCE.replace("200", "300")))
    assert no.value.code == "policy.version"
    assert both.ask(current)["version"] == "8"


def test_a_policy_with_a_mistake_is_refused_with_its_line(shop: Shop) -> None:
    with pytest.raises(Refused, match=r"^policy, line 4, priority\.base"):
        shop.act(lambda act: publish(act, SOURCE.replace("200", '"many"')))
    assert not shop.ask(has_any)


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ('"7"', '"built-in"', "policy.version"),
        ('"7"', '"\\u0000"', "policy.name"),
        ("base", "\ud800base", "fields.wrong"),
    ],
)
def test_what_cannot_be_stored_or_told_apart_is_refused(
    shop: Shop, right: str, wrong: str, code: str
) -> None:
    with pytest.raises(Refused) as no:
        shop.act(lambda act: publish(act, SOURCE.replace(right, wrong)))
    assert no.value.code == code


def test_the_example_of_the_api_can_be_published(shop: Shop) -> None:
    (example,) = NewAllocationPolicy.model_json_schema()["examples"]
    asked = NewAllocationPolicy.model_validate(example)
    assert shop.act(lambda act: publish(act, asked.source))["in_force"] == "2027.1"
