"""Chains of any length are read in parts, and each part continues the one before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from sync.central.audit import audit
from sync.central.checks import chains
from tests.sync.central.checks.busy import Busy
from tests.sync.central.receiving import Bench, store_in
from tests.sync.central.shop import Shop, open_shop


def test_a_chain_longer_than_a_part_holds(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "_receipts", chains._receipts.limit(2))
    shop.items("A")
    for _ in range(5):
        shop.receive({"A": 1})
    assert shop.audit().violations == ()


def test_a_break_between_parts_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "_receipts", chains._receipts.limit(2))
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A")
        for _ in range(5):
            shop.receive({"A": 1})
        shop.act(lambda act: act.conn.execute(text("DELETE FROM receipt WHERE seq = 3")))
        found = [violation.found for violation in shop.audit().violations if violation.law == "chain"]
    assert found[0] == "number 4"


def test_stations_are_checked_beside_the_centre(tmp_path: Path) -> None:
    with store_in(tmp_path) as store:
        bench = Bench()
        store.enrol(bench)
        store.push(bench, bench.work(3))
        store.prove()
        with store.database.write() as conn:
            conn.execute(text("UPDATE receipt SET private = X'7B7D'"))
        violations = audit(store.database).violations
        assert [(v.law, v.found) for v in violations] == [("chain", "envelope.private")] * 3
        with store.database.write() as conn:
            for event in bench.events:
                conn.execute(
                    text("UPDATE receipt SET private = :was WHERE event_id = :of"),
                    {"was": event.private, "of": event.event_id},
                )


def test_a_copy_of_an_envelope_is_another_value() -> None:
    # The check puts a row's columns over what was read; that must not change what was read.
    event = Bench().record()
    assert replace(event, seq=9).seq == 9
    assert event.seq == 1


@pytest.mark.parametrize("change", ["head_hash || '0'", "substr(head_hash, 1, 12) || 'aaaa'"])
def test_a_head_is_compared_to_its_last_sign(busy: Busy, change: str) -> None:
    changed = f"UPDATE station SET head_hash = {change} WHERE bench <> 0"  # noqa: S608 - this test's own words
    expected = busy.named("chain: head of station {one}", "chain: head of station {two}")
    assert busy.broken(changed) == expected


def test_a_station_without_a_key_hides_no_other(busy: Busy) -> None:
    broken = busy.broken(
        "UPDATE station SET public_key = 'no key' WHERE station_id = '{one}'",
        "UPDATE station SET head_seq = 99 WHERE station_id = '{two}'",
    )
    assert broken == busy.named("chain: station {one}", "chain: head of station {two}")
