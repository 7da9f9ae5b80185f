from __future__ import annotations

from dataclasses import replace

from app.domain.approvals.known import Presented, Revoked
from app.domain.approvals.statement import Action, Place, body_digest
from tests.approvals.world import BENCH, KNOWN, NOON, SECOND, sealed, write_off

EVENT = write_off()


def test_an_envelope_shows_what_its_station_signed() -> None:
    shown = Presented.of(sealed(EVENT, (), rev_no=7), "WH1", (5_000, "GBP"), NOON)
    assert shown == Presented(
        event_id=EVENT.event_id,
        action=Action.WRITE_OFF,
        operator="sam",
        body=body_digest(EVENT),
        at=Place(BENCH, 1),
        site="WH1",
        rev_no=7,
        gen=3,
        value=5_000,
        currency="GBP",
        after=NOON,
    )


def test_without_a_price_nothing_is_claimed() -> None:
    shown = Presented.of(sealed(EVENT, ()), "WH1")
    assert (shown.value, shown.currency, shown.after) == (None, None, None)


def test_an_epoch_is_the_same_or_was_renewed_into_this_one() -> None:
    known = replace(KNOWN, renewed=frozenset({(BENCH, 1, 3)}))
    assert known.same_epoch(Place(BENCH, 3), Place(BENCH, 3))
    assert known.same_epoch(Place(BENCH, 1), Place(BENCH, 3))
    assert not known.same_epoch(Place(BENCH, 2), Place(BENCH, 3))
    assert not known.same_epoch(Place(BENCH, 3), Place(BENCH, 1))
    assert not known.same_epoch(Place(SECOND, 1), Place(SECOND, 3))


def test_an_epoch_of_before_a_restore_may_have_led_anywhere_later() -> None:
    known = replace(KNOWN, forgotten=frozenset({(BENCH, 2)}))
    assert known.perhaps_same_epoch(Place(BENCH, 2), Place(BENCH, 1003))
    assert not known.perhaps_same_epoch(Place(BENCH, 2), Place(BENCH, 1))
    assert not known.perhaps_same_epoch(Place(BENCH, 3), Place(BENCH, 1003))
    assert not known.perhaps_same_epoch(Place(BENCH, 2), Place(SECOND, 1003))


def test_a_number_counts_in_the_generation_that_gave_it() -> None:
    revoked = Revoked(number=2, place=100, gen=3)
    known = [revoked.known_at(gen, number) for gen, number in ((3, 2), (4, 2), (3, 1), (2, 9))]
    assert known == [True, True, False, False]
