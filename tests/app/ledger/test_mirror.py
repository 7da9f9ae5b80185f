from __future__ import annotations

import json
from dataclasses import replace

from app.domain.feed import Change, Cursor, Page
from app.ledger import mirror
from app.ledger.audit import audit
from app.ledger.mirror import Applied
from app.ledger.writer import Ledger
from tests.app.ledger.station import (
    KETTLE,
    MUG,
    Station,
    everything,
    first_page,
    item_change,
    rma,
    rma_change,
)


def _lookups(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    rows = everything(ledger)
    return {name: sorted(rows[name]) for name in ("gtin", "tracking", "serial")}


def test_a_page_lands_whole_with_its_cursor(ledger: Ledger) -> None:
    applied = mirror.apply_page(ledger, first_page())
    assert applied == Applied(3, 0, frozenset({"item", "rma"}))
    assert ledger.cursor == Cursor(1, 3)
    ledger.close()
    assert ledger.cursor == Cursor(1, 3)
    assert _lookups(ledger) == {
        "gtin": [("04006381333931", "K-17"), ("05901234123457", "T-2")],
        "tracking": [("1Z999", "R-1")],
        "serial": [("SN1", "R-1", 2)],
    }


def test_events_say_from_which_position_on_they_knew(station: Station, ledger: Ledger) -> None:
    mirror.apply_page(ledger, first_page())
    assert '"feed_gen":1,"feed_pos":3' in ledger.record(station.arrival()).header.decode()


def test_a_page_already_applied_changes_nothing(ledger: Ledger) -> None:
    mirror.apply_page(ledger, first_page())
    before = everything(ledger)
    assert mirror.apply_page(ledger, first_page()) == Applied()
    assert mirror.apply_page(ledger, Page(1, 2, (item_change(2, MUG),))) == Applied()
    assert everything(ledger) == before


def test_of_a_page_half_known_only_the_rest_is_applied(ledger: Ledger) -> None:
    mirror.apply_page(ledger, first_page())
    old = replace(MUG, name="old")
    page = Page(1, 4, (item_change(1, old), item_change(4, replace(KETTLE, name="new"))))
    assert mirror.apply_page(ledger, page).records == 1
    documents = {row[1]: row[2] for row in everything(ledger)["mirror"]}
    assert '"Mug"' in documents["K-17"]
    assert '"new"' in documents["T-2"]


def test_an_empty_page_moves_the_cursor(ledger: Ledger) -> None:
    mirror.apply_page(ledger, Page(2, 0))
    assert ledger.cursor == Cursor(2, 0)
    mirror.apply_page(ledger, Page(2, 40))
    assert ledger.cursor == Cursor(2, 40)


def test_a_changed_record_is_found_by_its_new_codes_only(ledger: Ledger) -> None:
    mirror.apply_page(ledger, first_page())
    moved = rma(tracking=("1Z000",), lines=rma().lines[:1])
    gtinless = replace(MUG, gtins=())
    mirror.apply_page(ledger, Page(1, 5, (item_change(4, gtinless), rma_change(5, moved))))
    assert _lookups(ledger) == {
        "gtin": [("05901234123457", "T-2")],
        "tracking": [("1Z000", "R-1")],
        "serial": [],
    }


def test_the_last_change_of_a_record_in_a_page_counts(ledger: Ledger) -> None:
    page = Page(
        1,
        3,
        (item_change(1, MUG), Change(2, "item", "K-17", None), item_change(3, replace(MUG, name="again"))),
    )
    assert mirror.apply_page(ledger, page).records == 1
    assert [(row[1], row[3]) for row in everything(ledger)["mirror"]] == [("K-17", 3)]


def test_a_removed_record_is_gone_with_its_codes(ledger: Ledger) -> None:
    mirror.apply_page(ledger, first_page())
    removed = (Change(4, "rma", "R-1", None), Change(5, "item", "never", None))
    assert mirror.apply_page(ledger, Page(1, 5, removed)).records == 2
    assert {row[1] for row in everything(ledger)["mirror"]} == {"K-17", "T-2"}
    assert _lookups(ledger)["tracking"] == []


def test_two_items_may_carry_one_gtin(ledger: Ledger) -> None:
    twin = replace(KETTLE, gtins=MUG.gtins)
    mirror.apply_page(ledger, first_page(item_change(1, MUG), item_change(2, twin)))
    mirror.apply_page(ledger, Page(1, 3, (item_change(3, replace(twin, gtins=())),)))
    assert _lookups(ledger)["gtin"] == [("04006381333931", "K-17")]


def test_a_newer_generation_begins_from_nothing_an_older_is_ignored(ledger: Ledger) -> None:
    mirror.apply_page(ledger, first_page())
    assert mirror.apply_page(ledger, Page(2, 1, (item_change(1, KETTLE),))).records == 1
    assert ledger.cursor == Cursor(2, 1)
    assert [row[1] for row in everything(ledger)["mirror"]] == ["T-2"]
    assert _lookups(ledger)["tracking"] == []
    assert mirror.apply_page(ledger, Page(1, 99, (item_change(99, MUG),))) == Applied()
    assert ledger.cursor == Cursor(2, 1)


def test_unknown_kinds_and_shapes_are_kept_whole_and_counted(ledger: Ledger) -> None:
    strange = {"lines": [1.5], "unknown": None, "deep": {"a": [True, "\u00fc"]}}
    page = first_page(
        Change(1, "transfer", "T-1", strange), Change(2, "transfer", "T-2", {}), Change(3, "item", "K", {})
    )
    assert mirror.apply_page(ledger, page) == Applied(3, 3, frozenset({"transfer", "item"}))
    assert mirror.opaque_counts(ledger) == {"item": 1, "transfer": 2}
    kept = {(row[0], row[1]): json.loads(row[2]) for row in everything(ledger)["mirror"]}
    assert kept["transfer", "T-1"] == strange


def test_what_an_older_program_could_not_read_is_read_after_an_upgrade(ledger: Ledger) -> None:
    mirror.apply_page(ledger, first_page())
    ledger.connection.exec_driver_sql("UPDATE mirror SET readable = 0")
    ledger.connection.exec_driver_sql("DELETE FROM gtin")
    ledger.connection.exec_driver_sql("DELETE FROM tracking")
    ledger.connection.exec_driver_sql("DELETE FROM serial")
    assert mirror.reread(ledger) == 3
    assert mirror.reread(ledger) == 0
    assert mirror.opaque_counts(ledger) == {}
    assert _lookups(ledger)["serial"] == [("SN1", "R-1", 2)]


def test_a_large_page_is_applied_in_parts_of_any_size(ledger: Ledger) -> None:
    items = [item_change(n, replace(MUG, sku=f"K-{n}", gtins=())) for n in range(1, 1203)]
    mirror.apply_page(ledger, first_page(*items))
    assert mirror.apply_page(ledger, Page(1, 2000, (Change(1999, "item", "K-7", None),))).records == 1
    assert len(everything(ledger)["mirror"]) == 1201
    assert audit(ledger).clean
