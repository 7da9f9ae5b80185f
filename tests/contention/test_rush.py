"""Of stock 50, two hundred requests of one unit get exactly 50; the others are told it is not available."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.contention.rush import OWNER, REQUESTS, STOCK, ReturnsBench, Shop, hold_of, order_of, rush
from tests.failover.served import served
from tests.postgres import running_cluster

WORKERS = 4

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("rush")
    with (
        running_cluster() as cluster,
        served(cluster.database(), folder, WORKERS) as centre,
        Shop(centre.url, centre.token) as found,
    ):
        yield found


def proven(shop: Shop, sku: str) -> dict[str, int]:
    """The proof of one item's number, after the laws were checked over the whole ledger."""
    assert shop.get("/audit")["violations"] == []
    (entry,) = shop.get("/availability", sku=sku, owner=OWNER)["items"]
    proof = entry["breakdown"]
    claims = shop.get("/reservations", sku=sku, owner=OWNER, limit=500)["reservations"]
    assert sum(claim["qty"] for claim in claims) == proof["reserved"] + proof["basket"]
    return {"atp": entry["atp"], **{name: proof[name] for name in ("sellable", "reserved", "basket")}}


REFUSED = REQUESTS - STOCK


def test_orders(shop: Shop) -> None:
    sku = shop.furnish("orders")
    said = rush(shop, "orders", lambda number: order_of(number, sku))
    assert said == Counter({"accepted": STOCK, "409 order.not_available": REFUSED})
    assert proven(shop, sku) == {"atp": 0, "sellable": STOCK, "reserved": STOCK, "basket": 0}


def test_holds(shop: Shop) -> None:
    sku = shop.furnish("holds")
    said = rush(shop, "holds", lambda number: hold_of(number, sku))
    assert said == Counter({"accepted": STOCK, "409 hold.not_available": REFUSED})
    assert proven(shop, sku) == {"atp": 0, "sellable": STOCK, "reserved": 0, "basket": STOCK}


def test_kits_and_single_units_that_share_a_component(shop: Shop) -> None:
    sku = shop.furnish("kits")
    wanted = (sku, "kits-KIT", "kits-KIT-2")
    said = rush(shop, "kits", lambda number: order_of(number, wanted[number % 3]))
    assert said == Counter({"accepted": STOCK, "409 order.not_available": REFUSED})
    assert proven(shop, sku) == {"atp": 0, "sellable": STOCK, "reserved": STOCK, "basket": 0}
    of_kits = shop.get("/reservations", sku="kits-B", limit=500)["reservations"]
    assert proven(shop, "kits-B")["reserved"] == sum(claim["qty"] for claim in of_kits)


def test_orders_and_holds_while_returned_units_come_back(shop: Shop) -> None:
    """Ten units come back to a bench in the middle: sixty are given in the end, whoever asked when."""
    sku, units = shop.furnish("back"), 10
    bench = ReturnsBench(shop)
    back = threading.Thread(target=bench.put_back, args=(sku, units))
    back.start()
    said = rush(shop, "back", lambda number: (order_of if number % 2 else hold_of)(number, sku))
    back.join()
    bench.close()
    late = [shop.post(*order_of(REQUESTS + number, sku), f"late-{number}") for number in range(2 * units)]
    assert set(said) <= {"accepted", "409 order.not_available", "409 hold.not_available"}
    assert said["accepted"] + sum(answer.is_success for answer in late) == STOCK + units
    found = proven(shop, sku)
    assert (found["atp"], found["reserved"] + found["basket"]) == (0, STOCK + units)
