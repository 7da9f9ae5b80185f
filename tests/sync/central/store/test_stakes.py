"""What is at stake: every unit that is lost, wherever it was, at the prices of now and of what was heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.account import Account, Status
from app.domain.approvals import Certificate
from app.domain.event import Event, EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.commands.items import put_items
from sync.central.store.known_certificates import NOTHING, Heard
from sync.central.store.stakes import Stake, proved, stake_of
from tests.sync.central.approving import PRICE, Desk, desk_in, head_of


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with desk_in(tmp_path, url) as found:
        yield found


def stake(desk: Desk, event: Event, heard: Heard = NOTHING) -> Stake:
    with desk.store.database.read() as conn:
        return stake_of(conn, event, heard)


def moving(event: Event, source: str, target: str, kind: MoveKind = MoveKind.WRITE_OFF) -> Event:
    start, end = (Account("ACME", "K-17", place, _status(place)) for place in (source, target))
    return replace(event, moves=(Move(5, start, end, kind),))


def _status(place: str) -> Status | None:
    return None if place.startswith("@") else Status.DAMAGED


def of_item(sku: str, qty: int, like: Move) -> Move:
    return replace(
        like, qty=qty, source=replace(like.source, item=sku), target=replace(like.target, item=sku)
    )


def test_goods_are_worth_what_their_records_say(desk: Desk) -> None:
    assert stake(desk, desk.written_off(qty=3)) == Stake((3 * PRICE, "GBP"))
    assert stake(desk, replace(desk.written_off(), moves=())) == Stake()


def test_units_count_wherever_they_are_lost_from(desk: Desk) -> None:
    for source in ("HOLD-3", "@transit:WH1>WH2", "@unidentified", "@liquidation", "@customer"):
        for target in ("@scrap", "@count", "@donated"):
            for kind in (MoveKind.WRITE_OFF, MoveKind.DISPOSE):
                event = moving(desk.written_off(), source, target, kind)
                assert stake(desk, event) == Stake((5 * PRICE, "GBP")), (source, target, kind)


def test_units_that_are_written_off_where_they_stand_count(desk: Desk) -> None:
    """Regulated goods stay in their bin until they are disposed of."""
    assert stake(desk, moving(desk.written_off(), "HOLD-3", "HOLD-4")) == Stake((5 * PRICE, "GBP"))
    moved = moving(desk.written_off(), "HOLD-3", "HOLD-4", MoveKind.DISPOSE)
    assert stake(desk, moved) == Stake()


def test_units_of_an_override_count_that_stay_inside(desk: Desk) -> None:
    event = moving(desk.written_off(), "HOLD-3", "R-03", MoveKind.DISPOSE)
    assert stake(desk, replace(event, kind=EventKind.UNIT_REDECIDED)) == Stake((5 * PRICE, "GBP"))
    word = replace(event, kind=EventKind.RETURN_SERIAL_ACCEPTED, moves=(), body={"sku": "K-17", "qty": 2})
    assert stake(desk, word) == Stake((2 * PRICE, "GBP"))


def test_an_item_that_nobody_knows_is_worth_nobody_knows_what(desk: Desk) -> None:
    event = desk.written_off()
    (known,) = event.moves
    unknown = of_item("ZZ", 1000, known)
    assert stake(desk, replace(event, moves=(unknown,))) == Stake(unpriced=True)
    assert stake(desk, replace(event, moves=(known, unknown))) == Stake((PRICE, "GBP"), unpriced=True)


def test_the_price_counts_that_was_told(desk: Desk) -> None:
    before, event = Heard("WH1", *head_of(desk)), desk.written_off(qty=2)
    desk.price(3 * PRICE)
    now = (2 * 3 * PRICE, "GBP")
    assert stake(desk, event, before) == Stake(now, 2 * PRICE)
    assert stake(desk, event, Heard("WH1", *head_of(desk))) == Stake(now, 2 * 3 * PRICE)
    assert stake(desk, event) == Stake(now)


def test_who_uses_a_certificate_had_read_the_feed_up_to_it(desk: Desk) -> None:
    signed = desk.certificate("OMAR")
    used = ((signed.digest, Certificate.read(signed)), ("00" * 32, Certificate.read(signed)))
    with desk.store.database.read() as conn:
        assert proved(conn, NOTHING, used) == Heard("", *head_of(desk))
        far = Heard("WH1", 3, 10**6)
        assert proved(conn, far, used) == far
        assert stake_of(conn, desk.written_off(), proved(conn, NOTHING, used)).told == PRICE


def test_goods_in_several_currencies_are_within_no_limit(desk: Desk) -> None:
    event = desk.written_off()
    (known,) = event.moves
    euros = {"sku": "E-1", "name": "Other", "value_minor": 5, "currency": "EUR"}
    desk.act(lambda act: put_items(act, [euros]))
    mixed = replace(event, moves=(known, of_item("E-1", 2, known)))
    assert stake(desk, mixed, Heard("WH1", *head_of(desk))) == Stake((PRICE + 10, "???"))
    assert known.target.location == Virtual.SCRAP
