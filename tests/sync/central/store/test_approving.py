"""Approvals judged at posting: stored, answered for once, booked as judged; quantities are facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.account import Account, Status
from app.domain.approvals import Place
from app.domain.envelope import genesis
from app.domain.event import Event, EventKind, undo
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.resealing import reseal
from sync.central.store import approving
from sync.central.store.enrolment import lock_station
from sync.central.store.feed import begin_generation
from sync.central.store.renewing import renew
from sync.central.store.tables import account, approval, balance, exception
from sync.wire.answers import Ack
from sync.wire.messages import Head
from sync.wire.renewals import Cause, Renew
from tests.approvals.world import ROGUE
from tests.sync.central.approving import PRICE, Desk, desk_in, head_of
from tests.sync.central.receiving import NOW


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with desk_in(tmp_path, url) as found:
        yield found


def scrapped(desk: Desk) -> int:
    found = desk.ask(
        select(balance.c.qty)
        .join(account, account.c.id == balance.c.account)
        .where(account.c.location == "@scrap")
    )
    return sum(int(row.qty) for row in found)


def test_a_valid_approval_is_a_write_off(desk: Desk) -> None:
    event = desk.written_off()
    desk.send(desk.record(event, desk.sign(event)))
    assert desk.verdicts() == [(event.event_id, "valid")]
    assert desk.cases() == []
    assert desk.books() == {"Expenses:WriteOff": PRICE}
    assert scrapped(desk) == 1


def test_an_approval_is_good_along_epochs_that_the_centre_renewed_and_no_others(desk: Desk) -> None:
    bench = desk.bench
    first, second = desk.written_off(1), desk.written_off(2)
    sealed = [desk.record(first, desk.sign(first)), desk.record(second, desk.sign(second))]
    foreign = replace(bench.head, epoch=2)
    head = Head(bench.head.seq, bench.head.hash)
    with desk.store.database.write() as conn:
        # Another copy renewed first: its epoch is no ancestor of this one's.
        for token, cause in (("0a", Cause.DIFFERS), ("0b", Cause.FENCED)):
            asked = Renew(token * 16, 1, head, 0, token * 16, cause)
            epoch = renew(conn, lock_station(conn, bench.station_id), asked, NOW).epoch
    assert epoch == foreign.epoch + 1
    bench.head = genesis(bench.station_id, epoch, bench.signer.public_key)
    again = []
    for envelope in sealed:
        again.append(reseal(envelope, bench.head, bench.signer))
        bench.head = again[-1].head
    third = desk.written_off(3)
    stray = Place(bench.station_id, foreign.epoch)
    again.append(desk.record(third, desk.sign(third, asked_at=stray, given_at=stray)))
    assert isinstance(desk.store.push(bench, again, epoch=epoch), Ack)
    assert [verdict for _, verdict in desk.verdicts()] == ["valid", "valid", "invalid"]


def test_an_invalid_one_is_an_unapproved_loss_with_one_case(desk: Desk) -> None:
    event = desk.written_off()
    altered = replace(event, body={**event.body, "reason": "stolen"})
    desk.send(desk.record(altered, desk.sign(event)))
    assert desk.verdicts() == [(event.event_id, "invalid")]
    assert desk.cases() == [("approval.invalid", PRICE, "GBP")]
    assert desk.books() == {"Expenses:UnapprovedLoss": PRICE}
    assert scrapped(desk) == 1


def test_one_to_review_is_an_unapproved_loss_until_somebody_looked(desk: Desk) -> None:
    event = desk.written_off()
    desk.send(desk.record(event, desk.sign(event, counter=2)))
    assert desk.verdicts() == [(event.event_id, "review")]
    assert desk.cases() == [("approval.review", PRICE, "GBP")]
    assert desk.books() == {"Expenses:UnapprovedLoss": PRICE}
    assert scrapped(desk) == 1


@pytest.mark.parametrize(
    ("kind", "move"),
    [
        (EventKind.STOCK_WRITTEN_OFF, MoveKind.WRITE_OFF),
        (EventKind.RETURN_DISPOSITIONED, MoveKind.DISPOSE),
        (EventKind.STOCK_ADJUSTED, MoveKind.ADJUST),
        (EventKind.UNIT_REDECIDED, MoveKind.DISPOSE),
    ],
)
def test_leaving_the_approval_out_is_worth_what_forging_one_is(
    desk: Desk, kind: EventKind, move: MoveKind
) -> None:
    event = desk.written_off(qty=3)
    event = replace(event, kind=kind, moves=(replace(event.moves[0], kind=move),))
    desk.send(desk.record(event))
    assert desk.verdicts() == [(event.event_id, "invalid")]
    assert desk.cases() == [("approval.invalid", 3 * PRICE, "GBP")]
    assert desk.books() == {"Expenses:UnapprovedLoss": 3 * PRICE}
    assert scrapped(desk) == 3
    assert not desk.ask(select(exception).where(exception.c.type == "event.not_a_stations"))


def test_each_event_without_an_approval_has_its_own_case(desk: Desk) -> None:
    events = [desk.written_off(n) for n in (1, 2)]
    desk.send(*[desk.record(event) for event in events])
    assert desk.cases() == [("approval.invalid", PRICE, "GBP")] * 2


@pytest.mark.parametrize("kind", [EventKind.UNIT_REDECIDED, EventKind.RETURN_SERIAL_ACCEPTED])
def test_a_word_that_nobody_signed_is_worth_nothing(desk: Desk, kind: EventKind) -> None:
    body = {"sku": "K-17", "qty": 1, "decided_by": "RUTH", "by": "RUTH"}
    event = replace(desk.written_off(), kind=kind, moves=(), body=body)
    desk.send(desk.record(event))
    assert desk.cases() == [("approval.invalid", PRICE, "GBP")]
    assert desk.books() == {}


@pytest.mark.parametrize("extra", [0, 4])
def test_taking_back_loses_no_more_than_came(desk: Desk, extra: int) -> None:
    """A receipt's surplus that is taken back goes where it came from; what is beyond it is lost."""
    found = Account("ACME", "K-17", Virtual.COUNT, None)
    dock = Account("ACME", "K-17", "HOLD-3", Status.SELLABLE)
    came = replace(
        desk.written_off(1),
        kind=EventKind.TRANSFER_RECEIVED,
        moves=(Move(2, found, dock, MoveKind.ADJUST, "over"),),
        body={"transfer": "T-9", "location": "HOLD-3", "lines": []},
    )
    back = undo("back", came, "sam", "s-1", "mistake")
    back = replace(back, moves=(replace(back.moves[0], qty=2 + extra),))
    desk.send(desk.record(came), desk.record(back, corrects=came.event_id))
    assert [verdict for _, verdict in desk.verdicts()] == (["invalid"] if extra else [])
    assert desk.cases() == ([("approval.invalid", 6 * PRICE, "GBP")] if extra else [])


def test_an_item_that_nobody_knows_has_to_be_looked_at(desk: Desk) -> None:
    event = desk.written_off()
    ends = {name: replace(getattr(event.moves[0], name), item="ZZ") for name in ("source", "target")}
    event = replace(event, moves=(replace(event.moves[0], qty=1000, **ends),))
    desk.send(desk.record(event, desk.sign(event, value=0)))
    assert desk.verdicts() == [(event.event_id, "review")]


def test_a_value_is_held_against_the_price_that_the_bench_was_told(desk: Desk) -> None:
    events = [desk.written_off(n) for n in (1, 2, 3)]
    desk.hears()
    desk.price(PRICE + 100)
    desk.send(desk.record(events[0], desk.sign(events[0])))
    desk.send(desk.record(events[1], desk.sign(events[1], value=PRICE - 1)))
    desk.hears()
    desk.send(desk.record(events[2], desk.sign(events[2])))
    assert [verdict for _, verdict in desk.verdicts()] == ["valid", "review", "review"]


def test_rights_that_were_withdrawn_end_where_that_was_heard(desk: Desk) -> None:
    events = [desk.written_off(n) for n in (1, 2, 3)]
    old = desk.certificate("RUTH")
    desk.store.clock.at += timedelta(hours=1)
    desk.enrol("RUTH", actions=["unlock"])
    words = [desk.sign(event, certificate=old.digest) for event in events]
    words = [replace(word, certificate=old) for word in words]
    desk.send(desk.record(events[0], words[0]))
    desk.hears()
    desk.send(desk.record(events[1], words[1]))
    # The same rights again: the older paper is as good as the newest.
    desk.store.clock.at += timedelta(hours=1)
    desk.enrol("RUTH")
    desk.hears()
    desk.send(desk.record(events[2], words[2]))
    assert [verdict for _, verdict in desk.verdicts()] == ["valid", "invalid", "valid"]


def test_certificates_that_live_side_by_side_do_not_add_up(desk: Desk) -> None:
    """Each renewal begins to count anew; then all that is signed counts under it, by whichever paper."""
    certificates = []
    for _ in range(3):
        desk.store.clock.at += timedelta(hours=23)
        desk.enrol("RUTH", count=2)
        certificates.append(desk.certificate("RUTH"))
    desk.hears()
    events = [desk.written_off(n) for n in (1, 2, 3, 4)]
    for event, used in zip(events, (*certificates, certificates[0]), strict=True):
        word = replace(desk.sign(event, certificate=used.digest), certificate=used)
        desk.send(desk.record(event, word))
    assert [verdict for _, verdict in desk.verdicts()] == ["valid", "valid", "review", "review"]
    desk.store.clock.at += timedelta(hours=23)
    desk.enrol("RUTH", count=2)
    desk.hears()
    later = desk.written_off(5)
    desk.send(desk.record(later, desk.sign(later)))
    assert desk.verdicts()[-1] == (later.event_id, "valid")


def test_no_other_exception_speaks_of_it(desk: Desk) -> None:
    event = desk.written_off()
    desk.send(desk.record(event, "forged"))
    about = desk.ask(select(exception.c.type).where(exception.c.type.not_like("stock.%")))
    assert [row.type for row in about] == ["approval.invalid"]


def test_a_statement_authorizes_one_event(desk: Desk) -> None:
    first, second = desk.written_off(1), desk.written_off(2)
    word = desk.sign(first)
    desk.send(desk.record(first, word), desk.record(second, word))
    assert [verdict for _, verdict in desk.verdicts()] == ["valid", "invalid"]
    assert desk.books() == {"Expenses:WriteOff": PRICE, "Expenses:UnapprovedLoss": PRICE}


def test_a_word_that_was_moved_still_counts_where_it_belongs(desk: Desk) -> None:
    first, second = desk.written_off(1), desk.written_off(2)
    word = desk.sign(first)
    desk.send(desk.record(second, word))
    desk.send(desk.record(first, word))
    assert desk.verdicts() == [(second.event_id, "invalid"), (first.event_id, "valid")]


def test_a_nonce_is_spent_across_batches(desk: Desk) -> None:
    events = [desk.written_off(n) for n in (1, 2)]
    desk.send(desk.record(events[0], desk.sign(events[0], nonce="ab" * 16)))
    desk.send(desk.record(events[1], desk.sign(events[1], nonce="ab" * 16)))
    assert [verdict for _, verdict in desk.verdicts()] == ["valid", "invalid"]


def test_numbers_go_up_by_one(desk: Desk) -> None:
    events = [desk.written_off(n) for n in (1, 2, 3)]
    words = [desk.sign(event) for event in events]
    desk.send(desk.record(events[0], words[0]), desk.record(events[2], words[2]))
    assert [verdict for _, verdict in desk.verdicts()] == ["valid", "review"]


def test_limits_count_everything_under_one_certificate(desk: Desk) -> None:
    events = [desk.written_off(n) for n in range(1, 12)]
    desk.send(*[desk.record(event, desk.sign(event)) for event in events])
    assert [verdict for _, verdict in desk.verdicts()] == ["valid"] * 10 + ["review"]


def test_the_centres_own_price_counts(desk: Desk) -> None:
    event = desk.written_off(qty=14)
    desk.send(desk.record(event, desk.sign(event, value=1)))
    assert desk.cases() == [("approval.review", 14 * PRICE, "GBP")]
    second = desk.written_off(2, qty=14)
    both = (desk.sign(second, value=1), desk.sign(second, "OMAR", value=1))
    desk.send(desk.record(second, *both))
    assert desk.verdicts()[1] == (second.event_id, "review")


def test_two_people_approve_what_one_may_not(desk: Desk) -> None:
    event = desk.written_off(qty=12)
    desk.send(desk.record(event, desk.sign(event, value=17_400), desk.sign(event, "OMAR", value=17_400)))
    assert desk.verdicts() == [(event.event_id, "valid")]
    assert len(desk.ask(select(approval.c.n))) == 2


def test_a_revocation_the_station_knew_is_an_alarm(desk: Desk) -> None:
    event = desk.written_off()
    word = desk.sign(event)
    desk.revoke("RUTH")
    desk.bench._evidence = replace(desk.bench._evidence, rev_no=1, feed_gen=1)
    desk.send(desk.record(event, word))
    assert desk.cases() == [("approval.invalid", PRICE, "GBP")]


def test_the_number_of_a_revocation_before_the_centre_was_put_back_accuses_nobody(desk: Desk) -> None:
    """The station had heard of another key under that number, from the centre that was replaced."""
    event = desk.written_off()
    word = desk.sign(event)
    with desk.store.database.write() as conn:
        begin_generation(conn)
    desk.revoke("RUTH")
    desk.bench._evidence = replace(desk.bench._evidence, rev_no=1, feed_gen=1)
    desk.send(desk.record(event, word))
    assert desk.cases() == [("approval.review", PRICE, "GBP")]


def test_a_revocation_of_unknown_order_is_for_a_person(desk: Desk) -> None:
    event = desk.written_off()
    word = desk.sign(event)
    desk.revoke("RUTH")
    desk.send(desk.record(event, word))
    assert desk.cases() == [("approval.review", PRICE, "GBP")]


def test_what_the_station_noted_before_the_revocation_stands(desk: Desk) -> None:
    event = desk.written_off()
    word = desk.sign(event)
    desk.send(desk.note(word, event))
    desk.revoke("RUTH")
    desk.send(desk.record(event, word))
    assert desk.verdicts() == [(event.event_id, "valid")]


def test_expiry_is_judged_by_what_the_station_had_heard(desk: Desk) -> None:
    first, second = desk.written_off(1), desk.written_off(2)
    words = [desk.sign(first), desk.sign(second)]
    desk.store.clock.at += timedelta(days=15)
    desk.send(desk.record(first, words[0]))
    # The other approver is enrolled anew, which the station hears of before it acts again.
    desk.revoke("OMAR")
    gen, pos = head_of(desk)
    desk.bench._evidence = replace(desk.bench._evidence, feed_gen=gen, feed_pos=pos)
    desk.send(desk.record(second, words[1]))
    assert desk.verdicts() == [(first.event_id, "review"), (second.event_id, "invalid")]


def test_a_forged_certificate_is_worth_nothing(desk: Desk) -> None:
    event = desk.written_off()
    word = desk.sign(event)
    forged = replace(word, certificate=replace(word.certificate, sig=ROGUE.sign(b"x", b"y")))
    desk.send(desk.record(event, forged))
    (row,) = desk.ask(select(approval))
    assert (row.verdict, row.approver, row.used) == ("invalid", "", False)


def test_many_strange_things_are_facts_all_the_same(desk: Desk) -> None:
    found: tuple[object, ...] = ("text", 7, None, {}, {"statement": []})
    for number, strange in enumerate(found, 1):
        event = desk.written_off(number)
        desk.send(desk.record(event, strange))
    assert {verdict for _, verdict in desk.verdicts()} == {"invalid"}
    assert scrapped(desk) == 5


def test_a_judge_that_fails_refuses_no_fact(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    expect_log("were not judged")
    event = desk.written_off()
    word = desk.sign(event)

    def broken(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(approving, "judge", broken)
    desk.send(desk.record(event, word))
    assert desk.verdicts() == [(event.event_id, "invalid")]
    assert desk.cases()[0][0] == "approval.invalid"
    assert scrapped(desk) == 1


def test_what_was_taken_back_takes_the_loss_back(desk: Desk) -> None:
    event = desk.written_off()
    desk.send(desk.record(event, "forged"))
    back = Event(
        event_id="undo-1",
        kind="return.undone",
        subject=event.subject,
        operator="sam",
        session="s-1",
        moves=tuple(move.reversed("mistake") for move in event.moves),
        body={"undoes": event.kind, "reason": "mistake"},
    )
    desk.send(desk.record(back, corrects=event.event_id))
    assert desk.books() == {}
    assert scrapped(desk) == 0
