"""Tables of records: the good rows are taken, every other one is named, nothing is lost silently."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.gtin import gtin_check_digit
from sync.central.commands.importing import Importing, batches, import_lines
from sync.central.commands.items import put_items
from sync.central.commands.ownership import RecordOwner, name_owner
from sync.central.rules.access import Role
from sync.central.rules.ownership import RecordKind, Speaker
from sync.central.rules.quality import Finding, Severity
from sync.central.store.listing import items, locations, one_item
from sync.central.store.tables import feed, item
from tests.sync.central.shop import Shop, open_shop

HEADER = "sku,name,gtins,weight_g,length_mm,width_mm,height_mm,kit"
SIZES = "5,10,10,10"


def take(
    shop: Shop,
    text: str,
    kind: RecordKind = RecordKind.ITEM,
    speaker: Speaker | None = None,
    *,
    dry: bool = False,
    most: int = 1_000,
    **renamed: str,
) -> tuple[dict[str, Any], list[Finding]]:
    importing = Importing(kind, speaker, dry=dry)
    found = shop.act(
        lambda act: import_lines(act, importing, lambda: io.StringIO(text, newline=""), renamed, most)
    )
    return importing.tally.to_json(), found


def table(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


def skus(shop: Shop) -> list[str]:
    page: Any = shop.ask(lambda conn: items(conn, None, 500))
    return [entry["sku"] for entry in page["items"]]


def test_good_rows_are_taken_and_bad_ones_named(shop: Shop) -> None:
    text = table(
        f"A,Kettle,4006381333931,{SIZES},",
        f"B,Lamp,4006381333932,{SIZES},",
        f"a,Kettle again,,{SIZES},",
        "C,Short",
        f"D,'; DROP TABLE item; --,,{SIZES},",
        f"E,=cmd|' /C calc'!A0,,{SIZES},",
    )
    tally, found = take(shop, text)
    assert {name: tally[name] for name in ("rows", "taken", "rejected", "warned")} == {
        "rows": 6,
        "taken": 3,
        "rejected": 3,
        "warned": 1,
    }
    assert [(f.row, f.field, f.rule) for f in found] == [
        (3, "gtins", "gtin.check_digit"),
        (4, "sku", "code.twice"),
        (5, "", "row.cells"),
        (7, "name", "text.formula"),
    ]
    assert skus(shop) == ["A", "D", "E"]
    assert shop.ask(lambda conn: one_item(conn, "D"))["name"] == "'; DROP TABLE item; --"


def test_the_same_table_again_changes_nothing(shop: Shop) -> None:
    text = table(f"A,Kettle,,{SIZES},", f"B,Lamp,,{SIZES},")
    take(shop, text)
    before = shop.ask(lambda conn: conn.scalar(select(func.count()).select_from(feed)))
    assert take(shop, text)[0]["taken"] == 2
    assert shop.ask(lambda conn: conn.scalar(select(func.count()).select_from(feed))) == before


def test_a_dry_run_says_the_same_and_writes_nothing(shop: Shop) -> None:
    text = table(
        f"KIT,Set,,{SIZES},A=2",
        f"A,Kettle,4006381333931,{SIZES},",
        f"B,Lamp,4006381333931,{SIZES},",
        f"LOST,Set,,{SIZES},X=1",
    )
    tried = take(shop, text, dry=True)
    assert skus(shop) == []
    done = take(shop, text)
    assert skus(shop) == ["A", "KIT"]
    assert tried == done
    assert [(f.row, f.rule) for f in done[1]] == [(4, "gtin.twice"), (5, "item.kit")]


def test_kits_may_stand_before_their_components_in_any_batch(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.central.commands.importing.batches", lambda rows: batches(rows, 1))
    text = table(f"KIT,Set,,{SIZES},A=2;B=1", f"B,Lamp,,{SIZES},", f"A,Kettle,,{SIZES},")
    assert take(shop, text)[0]["taken"] == 3
    assert shop.ask(lambda conn: one_item(conn, "KIT"))["kit"] == [
        {"sku": "A", "qty": 2},
        {"sku": "B", "qty": 1},
    ]


def test_what_the_centre_has_under_another_spelling_is_not_taken_again(shop: Shop) -> None:
    shop.items("Kettle 17", "0-1")
    _, found = take(shop, table(f"KETTLE17,Kettle,,{SIZES},", f"O-1,Other,,{SIZES},"))
    assert [(f.rule, f.severity, "Kettle 17" in f.why) for f in found] == [
        ("code.spelling", Severity.REJECTED, True),
        ("code.look_alike", Severity.WARNING, False),
    ]


def test_what_the_caller_does_not_own_is_proposed(shop: Shop) -> None:
    shop.act(lambda act: name_owner(act, RecordOwner(kind=RecordKind.ITEM, owner="external:ERP")))
    text = table(f"A,Kettle,,{SIZES},")
    tally, _ = take(shop, text, speaker=Speaker("Kim", Role.PLANNER))
    assert (tally["taken"], tally["proposed"], skus(shop)) == (0, 1, [])
    assert take(shop, text, speaker=Speaker("ERP", Role.INTEGRATOR))[0]["taken"] == 1


def test_locations_are_taken_in_any_order(shop: Shop) -> None:
    text = "code,kind,name,site,currency\nA-01,bin,Shelf,WH1,\nWH1,site,Leeds,,GBP\nWH2,site,York,,pounds\n"
    tally, found = take(shop, text, RecordKind.LOCATION)
    assert (tally["taken"], [(f.row, f.key, f.rule) for f in found]) == (2, [(4, "WH2", "fields.wrong")])
    assert take(shop, text, RecordKind.LOCATION, dry=True)[0] == tally
    page: Any = shop.ask(locations)
    assert [entry["code"] for entry in page["locations"]] == ["A-01", "WH1"]


def test_rejections_are_given_before_warnings_and_columns_may_be_renamed(shop: Shop) -> None:
    text = "barcode,title,colour\n4006381333931,Kettle,red\n4006381333932,Lamp,red\n"
    tally, found = take(shop, text, most=1, sku="barcode", gtins="barcode", name="title")
    assert [(f.row, f.rule) for f in found] == [(3, "gtin.check_digit")]
    assert tally["rules"] == {"column.unknown": 1, "dimensions.missing": 1, "gtin.check_digit": 1}


def generated(count: int, seed: int) -> tuple[str, set[int]]:
    """A table of `count` items of which about 1 in 20 is bad, and the numbers of the bad rows."""
    seeded, bad = random.Random(seed), set[int]()
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(HEADER.split(","))
    for n in range(count):
        body = f"{500_000_000_000 + n}"
        cells = [f"SKU-{n:06d}", f"Thing {n}", body + gtin_check_digit(body), *SIZES.split(","), ""]
        if seeded.random() < 0.05:
            bad.add(n + 2)
            place, wrong = seeded.choice(
                [
                    (0, ""),
                    (0, f"SKU {n} "),
                    (0, f"=1+{n}"),
                    (1, ""),
                    (1, "a\x00"),
                    (2, f"{body}X"),
                    (2, f"{body[:-1]}"),
                    (3, "-1"),
                    (3, "1,5"),
                    (4, "9" * 12),
                    (7, "NOBODY=1"),
                ]
            )
            cells[place] = wrong
        rows.writerow(cells)
    return out.getvalue(), bad


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_exactly_the_bad_rows_are_rejected(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = None if kind == "sqlite" else request.getfixturevalue("postgres_url")
    text, bad = generated(5_000, seed=11)
    with open_shop(tmp_path, url) as shop:
        tally, found = take(shop, text)
        assert {f.row for f in found if f.severity is Severity.REJECTED} == bad
        assert (tally["rows"], tally["taken"], tally["rejected"]) == (5_000, 5_000 - len(bad), len(bad))
        assert shop.ask(lambda conn: conn.scalar(select(func.count()).select_from(item))) == tally["taken"]
        # Stations are given the table in parts, each of whole batches.
        ends = select(func.count()).select_from(feed).where(feed.c.ends_commit)
        assert shop.ask(lambda conn: conn.scalar(ends) or 0) >= 3


def test_rows_come_in_lists() -> None:
    numbers: Iterator[int] = iter(range(5))
    assert list(batches(numbers, 2)) == [[0, 1], [2, 3], [4]]
    assert list(batches([], 2)) == []


def test_items_written_before_are_merged_cell_by_cell(shop: Shop) -> None:
    shop.act(lambda act: put_items(act, [{"sku": "A", "name": "Kettle", "gtins": ["96385074"], "odd": [1]}]))
    take(shop, "sku,weight_g\nA,1240\n")
    found = shop.ask(lambda conn: one_item(conn, "A"))
    assert (found["weight_g"], found["gtins"], found["odd"]) == (1240, ["00000096385074"], [1])


@pytest.mark.parametrize("who", ["ERP", "loader"])
def test_a_dry_run_answers_what_the_run_answers(shop: Shop, who: str) -> None:
    shop.items({"sku": "A", "name": "Old"}, {"sku": "B", "name": "Same"})
    shop.act(lambda act: name_owner(act, RecordOwner(kind=RecordKind.ITEM, owner="external:ERP")))
    own = RecordOwner(kind=RecordKind.ITEM, entity="SHOP", owner="external:loader")
    shop.act(lambda act: name_owner(act, own))
    text = (
        "sku,name,entity,kit\nA,New,,\nB,Same,,\nC,Third,,\nD,Own,SHOP,\n"
        "K1,Kit,SHOP,D=2\nK2,Kit,SHOP,C=1\nK3,Kit,,A=1\n"
    )
    speaker = Speaker(who, Role.INTEGRATOR)
    dry = take(shop, text, speaker=speaker, dry=True)
    assert skus(shop) == ["A", "B"]
    assert dry == take(shop, text, speaker=speaker)
    figures = (dry[0]["taken"], dry[0]["proposed"], dry[0]["rejected"])
    # B is word for word what is stored: nobody has to decide about it. One kit rests on a mere proposal.
    assert figures == {"ERP": (4, 2, 1), "loader": (3, 3, 1)}[who]


def test_a_dry_run_of_places_tells_what_is_proposed(shop: Shop) -> None:
    shop.act(lambda act: name_owner(act, RecordOwner(kind=RecordKind.LOCATION, owner="external:WMS")))
    text = "code,name,kind,site\nP-1,One,bin,WH1\n"
    speaker = Speaker("loader", Role.INTEGRATOR)
    dry = take(shop, text, RecordKind.LOCATION, speaker, dry=True)
    assert (dry[0]["taken"], dry[0]["proposed"]) == (0, 1)
    assert dry == take(shop, text, RecordKind.LOCATION, speaker)
