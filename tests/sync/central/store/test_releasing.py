"""Claims are narrowed only where their units are; what does not fit stays exactly as it was."""

from __future__ import annotations

import pytest

from sync.central.commands.numbers import new_parcel
from sync.central.rules.line_claims import units
from sync.central.store import orders
from sync.central.store.act import Act
from sync.central.store.order_claims import spread
from sync.central.store.releasing import Released, Sending, fits, release
from sync.central.store.stock import look
from tests.sync.central.shop import OWNER, Shop


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    """Three of A at WH1, two at WH2, one of B at WH2."""
    shop.items("A", "B")
    shop.sites(**{"WH2-A": "WH2"})
    shop.receive({"A": 3})
    shop.receive({"A": 2, "B": 1}, place="WH2-A")
    return shop


def sent(shop: Shop, site: str, *, complete: bool = False) -> Released:
    def do(act: Act) -> Released:
        free = spread(act.conn, 1).free
        covers = look(act.conn, OWNER, ["A", "B"], act.posted_at).covers
        order = orders.find(act.conn, "o1")
        sending = [Sending(site, free)]
        return release(act, order, sending, covers, new_code=lambda: new_parcel(act.conn), complete=complete)

    return shop.act(do)


def test_what_is_elsewhere_stays(stocked: Shop) -> None:
    stocked.order({"A": 3, "B": 1})
    found = sent(stocked, "WH1")
    assert [(site, lines) for _, site, lines in found.parcels] == [("WH1", {1: 3})]
    assert [(claim.item, claim.qty) for claim in found.misfits] == [("B", 1)]


def test_everything_leaves_or_nothing(stocked: Shop) -> None:
    stocked.order({"A": 3, "B": 1})
    found = sent(stocked, "WH1", complete=True)
    assert found.parcels == ()
    assert units(found.misfits) == 4
    assert stocked.ask(lambda conn: len(spread(conn, 1).free)) == 2


def test_a_line_that_is_too_long_for_a_site_stays_whole(stocked: Shop) -> None:
    stocked.order({"A": 4})
    assert sent(stocked, "WH1").parcels == ()


def test_trying_leaves_no_trace(stocked: Shop) -> None:
    stocked.order({"A": 2, "B": 1})
    covers = stocked.ask(lambda conn: look(conn, OWNER, ["A", "B"], stocked.clock.now())).covers
    free = stocked.ask(lambda conn: spread(conn, 1).free)
    before = {sku: (cover.spare(), cover.placed("reserved")) for sku, cover in covers.items()}
    assert not fits(covers, Sending("WH1", free))
    assert {sku: (cover.spare(), cover.placed("reserved")) for sku, cover in covers.items()} == before
    assert fits(covers, Sending("WH2", free))
