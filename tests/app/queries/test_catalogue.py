from __future__ import annotations

from dataclasses import replace
from importlib import resources

import pytest

from app.domain.feed import Change, Page
from app.domain.place import Location, LocationKind
from app.domain.policy import read_policy
from app.ledger import mirror
from app.ledger.writer import Ledger
from app.queries import catalogue
from tests.app.ledger.station import KETTLE, MUG, first_page, item_change

SOURCE = resources.files("resources.policies").joinpath("returns.toml").read_text(encoding="utf-8")
VERSION = read_policy(SOURCE, "returns.toml").version
BENCH = Location("BENCH-07", LocationKind.BENCH, "Bench 07", "WH1")


def _policy(pos: int, version: str) -> Change:
    source = SOURCE.replace(VERSION, version, 1)
    return Change(pos, "policy", version, {"version": version, "source": source})


@pytest.fixture(autouse=True)
def _mirrored(ledger: Ledger) -> None:
    mirror.apply_page(
        ledger,
        first_page(
            item_change(1, MUG),
            item_change(2, KETTLE),
            Change(3, "location", "BENCH-07", BENCH.to_json()),
            Change(4, "item", "K-99", {"unreadable": True}),
        ),
    )


def test_an_item_is_found_by_its_sku_letter_by_letter(ledger: Ledger) -> None:
    assert catalogue.by_sku(ledger.connection, "K-17") == MUG
    for near in ("k-17", "K-1", "K-17 ", "K-%", "BENCH-07", "K-99"):
        assert catalogue.by_sku(ledger.connection, near) is None


def test_a_sku_in_any_case_is_one_item_or_none(ledger: Ledger) -> None:
    assert catalogue.by_sku_in_any_case(ledger.connection, "k-17") == MUG
    for near in ("k-1", "k-%", "bench-07", "k-99", ""):
        assert catalogue.by_sku_in_any_case(ledger.connection, near) is None
    mirror.apply_page(ledger, Page(1, 9, (item_change(9, replace(MUG, sku="k-17")),)))
    assert catalogue.by_sku_in_any_case(ledger.connection, "K-17") is None


@pytest.mark.parametrize("code", ["04006381333931", "4006381333931"])
def test_an_item_is_found_by_its_gtin_in_any_length(ledger: Ledger, code: str) -> None:
    assert catalogue.by_gtin(ledger.connection, code) == (MUG,)


def test_a_gtin_of_nothing_or_of_two_is_answered_as_such(ledger: Ledger) -> None:
    assert catalogue.by_gtin(ledger.connection, "00000000000000") == ()
    twin = replace(KETTLE, gtins=MUG.gtins)
    mirror.apply_page(ledger, Page(1, 5, (item_change(5, twin),)))
    assert catalogue.by_gtin(ledger.connection, MUG.gtins[0]) == (MUG, twin)


def test_places_are_found_by_code(ledger: Ledger) -> None:
    assert catalogue.location(ledger.connection, "BENCH-07") == BENCH
    assert catalogue.location(ledger.connection, "K-17") is None


def test_the_policy_in_force_is_the_one_published_last(ledger: Ledger) -> None:
    connection = ledger.connection
    assert catalogue.current_policy_version(connection) is None
    mirror.apply_page(ledger, Page(1, 7, (_policy(6, "2026.12-1"), _policy(7, "2026.11-9"))))
    assert catalogue.current_policy_version(connection) == "2026.11-9"
    found = catalogue.policy(connection, "2026.12-1")
    assert found is not None
    assert found.version == "2026.12-1"
    assert catalogue.policy(connection, "2026.11-8") is None


def test_a_policy_that_cannot_be_read_leaves_the_one_before_in_force(ledger: Ledger) -> None:
    broken = Change(7, "policy", "2027.01-1", {"version": "2027.01-1", "source": "version ="})
    mirror.apply_page(ledger, Page(1, 7, (_policy(6, "2026.12-1"), broken)))
    assert catalogue.current_policy_version(ledger.connection) == "2026.12-1"
