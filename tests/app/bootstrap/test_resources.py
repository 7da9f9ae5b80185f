from __future__ import annotations

from app.bootstrap import resources
from app.domain.policy import read_policy
from sync.central.rules.allocation_policy import read_allocation_policy


def test_the_policy_that_ships_is_read_once_and_is_its_own_document() -> None:
    assert resources.policy() is resources.policy()
    assert read_policy(resources.policy_source(), "returns.toml") == resources.policy()


def test_the_allocation_policy_that_ships_is_whole() -> None:
    assert read_allocation_policy(resources.allocation_policy_source(), "allocation.toml").version


def test_the_texts_that_ship_fill_in_what_they_are_given() -> None:
    assert resources.texts() is resources.texts()
    assert "12" in resources.texts().say("pill.waiting", n=12)
