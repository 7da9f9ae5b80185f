"""RMAs read as sheets: what stands under a code, in its order, with its time."""

from __future__ import annotations

import pytest

from app.domain.event import EventKind
from sync.central.store import return_sheets
from tests.sync.central.shop import Shop


def test_what_was_undone_is_not_among_what_stands(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    shop.order({"A": 2}, ship="available", customer="c-1")
    code = shop.authorize({"A": 2}, customer="c-1")["rma"]
    arrived = shop.at_station(EventKind.RETURN_ARRIVED, rma=code)
    undone = shop.disposition("A", rma=code, line=1)
    shop.clock.pass_by(minutes=1)
    done = shop.disposition("A", rma=code, line=1)
    shop.at_station(EventKind.RETURN_UNDONE, corrects=undone, undoes="return.dispositioned", reason="r")
    deeds = shop.ask(lambda conn: return_sheets.timed_deeds(conn, code))
    assert [deed.event_id for deed, _ in deeds] == [arrived, done]
    assert deeds[0][1] < deeds[1][1]
    sheet = shop.ask(lambda conn: return_sheets.sheets_of(conn, [code, "R-9-9"], return_sheets.EVER))
    assert list(sheet) == [code]
    assert [sheet[code].progress.units(line) for line in sheet[code].lines] == [1]


def test_an_rma_that_is_not_there_has_no_document(shop: Shop) -> None:
    assert shop.ask(lambda conn: return_sheets.document(conn, "R-9-9")) is None
    assert shop.ask(lambda conn: return_sheets.sheets_of(conn, [], return_sheets.EVER)) == {}
    with pytest.raises(KeyError):
        shop.ask(lambda conn: return_sheets.authorized_at(conn, "R-9-9"))
