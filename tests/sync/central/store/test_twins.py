"""What the centre knows of the codes of a batch, on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sync.central.commands.parties import Owner, Owners, put_owners
from sync.central.rules.ownership import RecordKind
from sync.central.store.twins import Words, known_to_centre, words_in_force
from tests.sync.central.shop import open_shop

GTIN = "4006381333931"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_records_twins_and_gtins_are_looked_up(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = None if kind == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as shop:
        items: list[dict[str, Any]] = [
            {"sku": "K-10", "name": "A", "gtins": [GTIN]},
            {"sku": "k-1O", "name": "B"},
            {"sku": "M", "name": "M"},
        ]
        shop.items(*items)
        keys = ["K-10", "k-10", "NEW", "bad\x00", "\ud800"]
        known = shop.ask(lambda c: known_to_centre(c, RecordKind.ITEM, keys, [f"0{GTIN}", "1"], Words()))
        assert set(known.stored) == {"K-10"}
        assert {fold: set(skus) for fold, skus in known.alike.items()} == {"k-10": {"K-10", "k-1O"}}
        assert known.gtins == {f"0{GTIN}": "K-10"}
        places = shop.ask(lambda c: known_to_centre(c, RecordKind.LOCATION, ["WH1-A", "X"], [], Words()))
        assert set(places.stored) == {"WH1-A"}


def test_words_are_those_of_the_policy_in_force_and_of_the_owners(tmp_path: Path) -> None:
    with open_shop(tmp_path) as shop:
        assert shop.ask(words_in_force) == Words()
        shop.policy()
        owner = Owner(code="ACME", kind="entity", name="Acme", currency="GBP")
        shop.act(lambda act: put_owners(act, Owners(owners=(owner,))))
        assert shop.ask(words_in_force) == Words(frozenset({"default"}), frozenset({"ACME"}))


def test_a_policy_that_cannot_be_read_names_no_categories(tmp_path: Path) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        shop.policy()
        shop.act(lambda act: act.conn.exec_driver_sql("UPDATE policy SET source = 'x'"))
        assert shop.ask(words_in_force).categories is None
