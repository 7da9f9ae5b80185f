"""At which site an exception is, by what it names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from sync.central.store.case_sites import site_of
from sync.central.store.exceptions import Case, open_case
from sync.central.store.tables import exception, station
from tests.sync.central.receiving import Bench, Store, store_in
from tests.sync.central.shop import FAR, OWNER, PLACE, STATION, Shop, open_shop

SERIAL = {"sku": "S", "name": "S", "tracking": "serial"}


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """A shop on each database, with places at two sites; the bench at the first never joined, so no proof."""
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url, prove=False) as found:
        found.items("A", SERIAL)
        found.places(FAR)
        found.policy()
        found.act(lambda act: act.conn.execute(insert(station), [bench(STATION)]))
        yield found


def bench(station_id: str) -> dict[str, Any]:
    given = dict.fromkeys(("name", "public_key", "install_id", "head_hash", "enrolled_at"), "x")
    return given | {
        "station_id": station_id,
        "bench": 7,
        "site": "WH1",
        "owner": OWNER,
        "epoch": 1,
        "head_seq": 0,
    }


def found(shop: Shop, *named: str, kind: str = "x.y", sku: str | None = None) -> str | None:
    return shop.ask(lambda conn: site_of(conn, kind, named, sku))


def sites(shop: Shop) -> dict[str, str | None]:
    rows = shop.ask(lambda conn: conn.execute(select(exception.c.type, exception.c.site)).all())
    return {row.type: row.site for row in rows}


def test_a_place_a_station_and_a_site_say_it_themselves(shop: Shop) -> None:
    assert found(shop, f"bin:{FAR}") == "WH2"
    assert found(shop, f"station:{STATION}") == "WH1"
    assert found(shop, "site:WH9") == "WH9"


@pytest.mark.parametrize(
    "named",
    ["bin:nowhere", "station:nobody", "event:none", "label:L", "rma:R-1", "sku:A", "kind:x", "", "bin:"],
)
def test_what_nobody_knows_and_what_is_nowhere_has_none(shop: Shop, named: str) -> None:
    assert found(shop, named) is None


def test_the_surest_word_goes_first(shop: Shop) -> None:
    assert found(shop, f"bin:{FAR}", f"station:{STATION}") == "WH2"
    assert found(shop, "bin:nowhere", f"station:{STATION}") == "WH1"


def test_money_of_a_customer_and_books_are_of_the_whole_business(shop: Shop) -> None:
    for kind in ("refund.without_goods", "replacement.unpaid", "books.failed", "promise.lost"):
        assert found(shop, f"bin:{FAR}", kind=kind) is None


def test_what_the_centre_moved_is_where_it_moved_it(shop: Shop) -> None:
    done: Any = shop.receive({"A": 3}, place=FAR)
    assert found(shop, f"event:{done['event_id']}") == "WH2"


def test_a_serial_is_where_it_stands_and_at_two_sites_at_neither(shop: Shop) -> None:
    shop.receive({"S": 1}, serials=["s1"])
    assert found(shop, "unit:s1", sku="S") == "WH1"
    assert found(shop, "unit:s1", sku="A") is None
    shop.receive({"S": 1}, serials=["s1"], place=FAR)
    assert found(shop, "unit:s1", sku="S") is None


def test_stock_below_zero_is_a_matter_of_its_place(shop: Shop) -> None:
    shop.count("A", -3, place=FAR)
    assert sites(shop) == {"stock.negative": "WH2"}


def test_an_unknown_item_is_everybodys(shop: Shop) -> None:
    shop.disposition("X", rma="R-9-1", line=1)
    assert sites(shop)["item.unknown"] is None


def test_found_anew_elsewhere_it_is_there(shop: Shop) -> None:
    case = Case("k", "x.y", "sku:A", "planner", "x", at=f"bin:{FAR}")
    shop.act(lambda act: open_case(act.conn, case, act.posted_at))
    assert sites(shop) == {"x.y": "WH2"}
    again = Case("k", "x.y", "sku:A", "planner", "x", at=f"bin:{PLACE}")
    shop.act(lambda act: open_case(act.conn, again, act.posted_at))
    assert sites(shop) == {"x.y": "WH1"}
    nowhere = Case("k", "x.y", "sku:A", "planner", "x")
    shop.act(lambda act: open_case(act.conn, nowhere, act.posted_at))
    assert sites(shop) == {"x.y": "WH1"}


def test_a_subject_that_no_database_keeps_is_nowhere(shop: Shop) -> None:
    case = Case("k", "x.y", "label:L\x00", "planner", "x", at="bin:\x00", sku="\x00")
    shop.act(lambda act: open_case(act.conn, case, act.posted_at))
    assert sites(shop) == {"x.y": None}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with store_in(tmp_path) as made:
        yield made


def test_what_a_bench_recorded_is_at_its_site_whether_it_is_posted_or_not(store: Store) -> None:
    joined = Bench()
    site = store.enrol(joined).site
    joined.record(kind="return.dispositioned", body={"rma": 5})
    store.push(joined, joined.events)
    with store.database.read() as conn:
        (case,) = conn.execute(select(exception)).all()
    assert (case.type, case.subject.partition(":")[0], case.site) == ("event.unposted", "event", site)
