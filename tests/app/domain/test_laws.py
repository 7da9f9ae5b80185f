"""Each law holds for what is right and names a violation that was planted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import Account, Status
from app.domain.envelope import Envelope, genesis, seal
from app.domain.laws import Violation, agreement, balances_are_fold, chain, conservation, fold, one_place
from app.domain.move import Move, MoveKind
from app.domain.signing import Ed25519Signer
from tests.app.domain.examples import (
    EVIDENCE,
    SALT,
    SIGNER,
    START,
    STATION,
    VERIFIER,
    chain_of,
    customer,
    event,
    moves,
    sealed,
    shelf,
)

histories = st.lists(moves(), max_size=20)


def returned(qty: int, **more: str) -> Move:
    source = replace(customer(), serial=more.get("serial"))
    return Move(qty, source, shelf(**more), MoveKind.RETURN)


def test_balances_are_what_came_less_what_went() -> None:
    shipped = Move(2, shelf(), customer(), MoveKind.SHIP)
    assert fold([returned(5), shipped]) == {customer(): -3, shelf(): 3}
    assert fold([returned(2), shipped]) == {}


@given(histories.flatmap(lambda history: st.tuples(st.just(history), st.permutations(history))))
def test_the_order_of_moves_does_not_matter(orders: tuple[list[Move], list[Move]]) -> None:
    assert fold(orders[0]) == fold(orders[1])


@given(histories)
def test_whatever_moves_is_conserved(history: list[Move]) -> None:
    assert conservation(fold(history)) == ()


@given(histories.filter(bool), st.data())
def test_one_unit_from_nowhere_is_found(history: list[Move], data: st.DataObject) -> None:
    balances = fold(history)
    account = data.draw(st.sampled_from([history[0].source, history[-1].target]))
    balances[account] = balances.get(account, 0) + 1
    assert conservation(balances) == (Violation("conservation", f"{account.item} of ACME", "1", "0"),)


def test_what_one_owner_lacks_another_does_not_make_up_for() -> None:
    other = replace(shelf(), owner="OTHER")
    found = conservation({customer(): -1, other: 1})
    assert [str(violation) for violation in found] == [
        "conservation: K-17 of ACME: found -1, expected 0",
        "conservation: K-17 of OTHER: found 1, expected 0",
    ]


@pytest.mark.parametrize(("law", "name"), [(balances_are_fold, "balances"), (agreement, "agreement")])
def test_two_sides_that_differ_are_named_account_by_account(
    law: Callable[[dict[Account, int], dict[Account, int]], tuple[Violation, ...]], name: str
) -> None:
    right = fold([returned(3), returned(1, serial="SN1")])
    assert law(right, right) == ()
    assert law(right | {shelf(place="R-04"): 0}, right) == (), "a row at zero is no difference"
    wrong = dict(right)
    wrong[shelf()] = 4
    del wrong[shelf(serial="SN1")]
    assert law(wrong, right) == (
        Violation(name, "ACME K-17 R-03 sellable", "4", "3"),
        Violation(name, "ACME K-17 R-03 sellable SN1", "0", "1"),
    )
    assert law(right, wrong) == tuple(
        replace(v, found=v.expected, expected=v.found) for v in law(wrong, right)
    )


@given(histories, st.data())
def test_a_planted_difference_in_a_table_is_found(history: list[Move], data: st.DataObject) -> None:
    folded = fold(history)
    assert balances_are_fold(dict(folded), folded) == ()
    account = data.draw(st.sampled_from([*folded, shelf()]))
    off = data.draw(st.integers(-5, 5).filter(bool))
    stored = folded | {account: folded.get(account, 0) + off}
    assert [v.law for v in balances_are_fold(stored, folded)] == ["balances"]


def test_a_serial_is_inside_at_most_once() -> None:
    here, there = shelf(serial="SN1"), Account("ACME", "K-17", "Q-04", Status.DAMAGED, serial="SN1")
    gone = replace(customer(), serial="SN1")
    assert one_place({here: 1, there: 0, gone: -1, shelf(): 40}) == ()
    assert one_place({gone: 7}) == ()
    assert one_place({here: 1, replace(here, item="T-2"): 1}) == (), "another item's serials are its own"
    assert one_place({here: 1, there: 1}) == (Violation("one place", "K-17 serial SN1", "2", "0 or 1"),)
    assert one_place({here: -1}) == (Violation("one place", "K-17 serial SN1", "-1", "0 or 1"),)


def faults(envelopes: list[Envelope]) -> list[str]:
    return [f"{v.subject.split()[2]}: {v.found} / {v.expected}" for v in chain(envelopes, START, VERIFIER)]


@pytest.mark.parametrize("length", [0, 1, 5])
def test_a_whole_chain_holds(length: int) -> None:
    assert faults(chain_of(length)) == []


def test_a_chain_holds_from_any_head() -> None:
    whole = chain_of(5)
    assert chain(whole[3:], whole[2].head, VERIFIER) == ()
    assert chain(whole[3:], whole[1].head, VERIFIER) != ()


@pytest.mark.parametrize("place", range(4))
def test_a_dropped_event_is_found(place: int) -> None:
    whole = chain_of(5)
    del whole[place]
    number, after = place + 2, place + 1
    assert faults(whole)[0] == f"{number}: number {number} / number {after}"
    assert "previous hash" in faults(whole)[1]
    assert len(faults(whole)) == 2


def test_swapped_events_are_found() -> None:
    one, two, three, four = chain_of(4)
    found = faults([one, three, two, four])
    assert [text.split(":")[0] for text in found] == ["3", "3", "2", "2", "4", "4"]


def test_a_repeated_event_is_found() -> None:
    one, two, three = chain_of(3)
    assert [text.split(":")[0] for text in faults([one, two, two, three])] == ["2", "2"]


def test_an_edited_event_is_found() -> None:
    whole = chain_of(3)
    whole[1] = replace(whole[1], facts=whole[1].facts.replace(b'"qty":2', b'"qty":9'))
    assert faults(whole) == ["2: envelope.facts / the bytes that were signed"]


def test_an_event_edited_and_signed_again_breaks_what_follows() -> None:
    whole = chain_of(3)
    whole[1] = sealed(9, whole[0].head)
    assert [text.split(":")[0] for text in faults(whole)] == ["3"]
    assert "previous hash" in faults(whole)[0]


def test_an_event_signed_by_another_key_is_found() -> None:
    whole = chain_of(2)
    whole[1] = seal(event(2), whole[0].head, EVIDENCE, Ed25519Signer(bytes(32)), SALT)
    assert faults(whole) == ["2: envelope.signature / the bytes that were signed"]


@pytest.mark.parametrize(("station", "epoch"), [("another", 1), (STATION, 2)])
def test_an_event_of_another_station_or_epoch_is_found(station: str, epoch: int) -> None:
    one = chain_of(1)[0]
    strange = replace(one.head, station_id=station, epoch=epoch)
    found = chain([one, sealed(2, strange)], START, VERIFIER)
    assert [(v.found, v.expected) for v in found] == [
        (f"station {station} epoch {epoch}", f"station {STATION} epoch 1")
    ]


def test_a_chain_that_starts_elsewhere_is_found() -> None:
    elsewhere = genesis(STATION, 1, Ed25519Signer(bytes(32)).public_key)
    found = chain([seal(event(), elsewhere, EVIDENCE, SIGNER, SALT)], START, VERIFIER)
    assert [v.found.split()[0] for v in found] == ["previous"]
