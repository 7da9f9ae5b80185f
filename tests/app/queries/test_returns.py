from __future__ import annotations

import pytest

from app.domain.feed import Page
from app.ledger import mirror
from app.ledger.writer import Ledger
from app.queries import returns
from app.queries.returns import SerialSold
from tests.app.ledger.station import Station, first_page, rma, rma_change


@pytest.fixture(autouse=True)
def _mirrored(ledger: Ledger) -> None:
    mirror.apply_page(ledger, first_page())


def _left(ledger: Ledger) -> list[int]:
    view = returns.by_code(ledger.connection, "R-1")
    assert view is not None
    return [line.left for line in view.lines]


def test_an_untouched_return_expects_everything(ledger: Ledger) -> None:
    view = returns.by_code(ledger.connection, "R-1")
    assert view is not None
    assert (view.rma, view.state, view.left) == (rma(), "open", 3)
    assert [(line.here, line.elsewhere) for line in view.lines] == [(0, 0), (0, 0)]


def test_progress_grows_with_dispositions_here_and_shrinks_with_undo(
    station: Station, ledger: Ledger
) -> None:
    first = station.disposition()
    ledger.record(first)
    assert _left(ledger) == [1, 1]
    ledger.record(station.disposition(line=2, sku="T-2", serial="SN1"))
    assert _left(ledger) == [1, 0]
    ledger.record(station.undoing(first))
    assert _left(ledger) == [2, 0]


def test_what_the_centre_knows_of_this_station_is_not_counted_twice(station: Station, ledger: Ledger) -> None:
    ledger.record(station.disposition())
    own = ledger.head.station_id
    done = [
        {"line": 1, "station": own, "qty": 1},
        {"line": 1, "station": "other", "qty": 1},
        {"line": 2, "station": "other", "qty": 2},
        {"line": 2, "station": "third", "qty": 3},
    ]
    mirror.apply_page(ledger, Page(1, 9, (rma_change(9, rma(), done=done, state="closed"),)))
    view = returns.by_code(ledger.connection, "R-1")
    assert view is not None
    assert [(line.here, line.elsewhere, line.done, line.left) for line in view.lines] == [
        (1, 1, 2, 0),
        (0, 5, 5, 0),
    ]
    assert view.state == "closed"


def test_a_parcel_leads_to_each_return_in_it(ledger: Ledger) -> None:
    mirror.apply_page(ledger, Page(1, 9, (rma_change(9, rma("R-2")),)))
    found = returns.by_tracking(ledger.connection, "1Z999")
    assert [view.rma.code for view in found] == ["R-1", "R-2"]
    assert returns.by_tracking(ledger.connection, "1z999") == ()


def test_a_serial_sold_leads_to_its_line(ledger: Ledger) -> None:
    view = returns.by_code(ledger.connection, "R-1")
    assert view is not None
    assert returns.by_serial(ledger.connection, "SN1") == (SerialSold(view, 2),)
    assert returns.by_serial(ledger.connection, "SN") == ()


@pytest.mark.parametrize("code", ["R-2", "r-1", "R-1 ", "K-17", ""])
def test_other_codes_lead_nowhere(ledger: Ledger, code: str) -> None:
    assert returns.by_code(ledger.connection, code) is None
