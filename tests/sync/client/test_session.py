from __future__ import annotations

import random

import pytest

from app.domain.envelope import genesis
from app.domain.ids import Ids
from app.domain.refusal import Refused, Unavailable
from app.domain.resealing import reseal
from sync.client import state
from sync.client.port import Busy
from sync.client.session import HALTED_S, POLL_S, SyncClient
from sync.client.state import Link, SyncState
from sync.wire.answers import Fenced, Fork, Rejected
from sync.wire.messages import Head, Hello, Verdict, Welcome
from sync.wire.protocol import Versions
from sync.wire.renewals import Cause, Renew
from tests.app.domain.examples import SIGNER, STATION, chain_of
from tests.sync.client.scripts import (
    NOTHING_NEW,
    NOW,
    PaperStation,
    Reply,
    ScriptedCentre,
    ack,
    changes,
    holding,
    later,
    renewed,
    welcome,
)


class CountingIds:
    """An `Ids` of plain numbers."""

    def __init__(self) -> None:
        self.given = 0

    def event_id(self, now_ms: int) -> str:
        return f"{now_ms}-{self._next()}"

    def secret(self, size: int) -> bytes:
        return self._next().to_bytes(size, "big")

    def _next(self) -> int:
        self.given += 1
        return self.given


class Desk:
    """One client between a paper station and a scripted centre, with the states it said."""

    def __init__(self, station: PaperStation, *replies: Reply) -> None:
        self.station = station
        self.centre = ScriptedCentre(*replies)
        self.said: list[SyncState] = []
        ids: Ids = CountingIds()
        noise = random.Random(1)
        self.client = SyncClient(station, self.centre, ids=ids, noise=noise, on_state=self.said.append)

    def links(self) -> list[Link]:
        return [said.link for said in self.said]


def test_a_session_says_hello_once_then_sends_then_fetches() -> None:
    desk = Desk(PaperStation(3), welcome(), ack(), changes(2), changes(2))
    assert desk.client.tick(NOW) == POLL_S
    assert desk.client.tick(later(5)) == POLL_S
    assert desk.centre.words() == ["hello", "push", "pull", "pull"]
    hello = desk.centre.heard[0]
    assert isinstance(hello, Hello)
    assert (hello.epoch, hello.head) == (1, Head(3, desk.station.chain[-1].hash))
    assert desk.said[-1] == SyncState(Link.ONLINE, NOW, 0, "")


def test_a_record_made_between_two_ticks_goes_with_the_next() -> None:
    desk = Desk(PaperStation(), welcome(), NOTHING_NEW, ack(), NOTHING_NEW)
    desk.client.tick(NOW)
    desk.station.record()
    desk.client.tick(later(1))
    assert desk.station.acknowledged == 1


def test_progress_is_said_after_every_batch() -> None:
    desk = Desk(PaperStation(5), welcome(), ack(upto=2), ack(upto=4), ack(), NOTHING_NEW)
    desk.client.tick(NOW)
    assert [said.waiting for said in desk.said] == [3, 1, 0]
    assert desk.links() == [Link.ONLINE] * 3


def test_what_the_centre_already_holds_is_confirmed_by_the_welcome() -> None:
    # The reply to the last push got lost, or the station was killed before it could note it.
    station = PaperStation(3)
    desk = Desk(station, welcome(Head(2, station.chain[1].hash)), ack(), NOTHING_NEW)
    desk.client.tick(NOW)
    assert desk.centre.batches() == [1]
    assert station.acknowledged == 3


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (welcome(verdict=Verdict.RENEW), Cause.DIFFERS),
        (welcome(Head(2, "another hash")), Cause.DIFFERS),
        (welcome(Head(9, chain_of(3)[-1].hash)), Cause.BEHIND),
        (welcome(epoch=2), Cause.FENCED),
    ],
    ids=["renew", "hash", "ahead", "epoch"],
)
def test_records_that_differ_go_on_in_a_new_epoch(reply: Reply, cause: Cause) -> None:
    station = PaperStation(3)
    start = Head(0, genesis(STATION, 3, SIGNER.public_key).hash)
    fresh = welcome(start, epoch=3)
    desk = Desk(station, reply, renewed(3), holding(station.chain[1]), fresh, ack(epoch=3), changes(2))
    desk.client.tick(NOW)
    assert desk.centre.words() == ["hello", "renew", "holds", "hello", "push", "pull"]
    asked = desk.centre.heard[1]
    assert isinstance(asked, Renew)
    assert (asked.cause, asked.epoch, asked.head.seq) == (cause, 1, 3)
    # What the centre has does not go again.
    assert desk.centre.batches() == [2]
    assert (station.acknowledged, station.owed) == (2, None)
    assert desk.links() == [Link.ONLINE]


@pytest.mark.parametrize("known", [0, 1])
def test_a_centre_that_forgot_what_it_confirmed_gets_it_in_a_new_epoch(known: int) -> None:
    station = PaperStation(2)
    desk = Desk(station, welcome(), ack(), NOTHING_NEW)
    desk.client.tick(NOW)
    shorter = Head(known, station.chain[known - 1].hash if known else station.start.hash)
    start = Head(0, genesis(STATION, 2, SIGNER.public_key).hash)
    desk.centre.replies += [Unavailable("put back"), welcome(shorter), renewed(2)]
    desk.centre.replies += [holding(*station.chain[:known]), welcome(start, epoch=2), ack(epoch=2)]
    desk.centre.replies += [NOTHING_NEW]
    desk.client.tick(later(5))
    desk.client.tick(later(60))
    asked = [heard for heard in desk.centre.heard if isinstance(heard, Renew)]
    assert [(one.cause, one.confirmed) for one in asked] == [(Cause.CENTRE_RESTORED, 2)]
    assert desk.centre.batches() == [2, 2 - known]
    assert desk.links()[-1] is Link.ONLINE


def test_a_renewal_whose_answer_is_lost_is_asked_for_with_the_same_token() -> None:
    station = PaperStation(1)
    start = Head(0, genesis(STATION, 2, SIGNER.public_key).hash)
    differs = welcome(verdict=Verdict.RENEW)
    desk = Desk(station, differs, Unavailable("away"), differs, renewed(2), Unavailable("away"))
    desk.client.tick(NOW)
    assert station.owed is not None
    desk.client.tick(later(60))
    assert station.position().head.epoch == 1
    desk.centre.replies += [
        differs,
        renewed(2),
        holding(),
        welcome(start, epoch=2),
        ack(epoch=2),
        NOTHING_NEW,
    ]
    desk.client.tick(later(3600))
    tokens = [heard.token for heard in desk.centre.heard if isinstance(heard, Renew)]
    assert len(tokens) == 3
    assert len(set(tokens)) == 1
    assert station.acknowledged == 1


def test_a_newer_generation_of_the_feed_is_a_reason_to_renew_and_an_older_one_is_ignored() -> None:
    station = PaperStation(2)
    desk = Desk(station, welcome(), ack(), NOTHING_NEW)
    desk.client.tick(NOW)
    desk.centre.replies += [Unavailable("restarted"), welcome(feed_gen=2), renewed(2, feed_gen=1)]
    desk.client.tick(later(5))
    desk.client.tick(later(60))
    assert station.owed is not None
    assert station.owed.cause == Cause.CENTRE_RESTORED
    start = Head(0, genesis(STATION, 2, SIGNER.public_key).hash)
    again: list[Reply] = [
        welcome(feed_gen=2),
        renewed(2, feed_gen=2),
        holding(feed_gen=1),
        welcome(feed_gen=1),
    ]
    again += [welcome(feed_gen=2), renewed(2, feed_gen=2), holding(feed_gen=2)]
    desk.centre.replies += [*again, welcome(start, epoch=2, feed_gen=2), ack(epoch=2, feed_gen=2)]
    desk.centre.replies += [changes(1, gen=2)]
    for hours in (1, 2, 3):
        desk.client.tick(later(3600 * hours))
    assert desk.centre.replies == []
    assert (station.acknowledged, station.cursor) == (2, (2, 1))


def test_two_copies_do_not_close_each_others_epochs_without_a_rest() -> None:
    station = PaperStation(1)
    start = Head(0, genesis(STATION, 3, SIGNER.public_key).hash)
    desk = Desk(station, welcome(epoch=2), renewed(3), holding(), welcome(start, epoch=3), ack(epoch=3))
    desk.centre.replies += [NOTHING_NEW]
    desk.client.tick(NOW)
    station.chain.append(reseal(chain_of(2)[1], station.chain[-1].head, SIGNER))
    desk.centre.replies += [Fenced(), welcome(epoch=4), NOTHING_NEW]
    desk.client.tick(later(5))
    # What comes from the centre still helps the bench.
    assert desk.centre.words()[-3:] == ["push", "hello", "pull"]
    assert desk.said[-1] == SyncState(Link.STOPPED, later(5), 1, state.COPIED)
    start = Head(0, genesis(STATION, 5, SIGNER.public_key).hash)
    desk.centre.replies += [welcome(epoch=4), renewed(5), holding(), welcome(start, epoch=5), ack(epoch=5)]
    desk.centre.replies += [NOTHING_NEW]
    desk.client.tick(later(5 + HALTED_S))
    assert desk.said[-1].link is Link.ONLINE


def test_a_fork_in_the_middle_of_a_session_renews_in_the_same_tick() -> None:
    station = PaperStation(1)
    start = Head(0, genesis(STATION, 2, SIGNER.public_key).hash)
    desk = Desk(station, welcome(), Fork(0, "ab"), welcome(), renewed(2), holding())
    desk.centre.replies += [welcome(start, epoch=2), ack(epoch=2), NOTHING_NEW]
    desk.client.tick(NOW)
    assert desk.centre.words() == ["hello", "push", "hello", "renew", "holds", "hello", "push", "pull"]
    assert station.acknowledged == 1


def test_a_damaged_event_is_named() -> None:
    rejected = Rejected(1, "envelope.signature", "its signature does not fit", 0, "ab")
    desk = Desk(PaperStation(1), welcome(), rejected, NOTHING_NEW)
    desk.client.tick(NOW)
    assert desk.said[-1].reason == state.DAMAGED.format(seq=1, why="its signature does not fit")


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (welcome(verdict=Verdict.FENCED), state.FENCED),
        (welcome(protocol=Versions(2, 3)), state.TOO_OLD),
        (
            Refused("request.stranger", "Nobody enrolled this station.", "", ""),
            "Nobody enrolled this station.",
        ),
    ],
)
def test_a_centre_that_wants_nothing_of_us_is_asked_rarely(reply: Reply, says: str) -> None:
    desk = Desk(PaperStation(1), reply, reply)
    assert desk.client.tick(NOW) == HALTED_S
    assert desk.client.tick(later(100)) == HALTED_S - 100
    assert desk.said == [SyncState(Link.STOPPED, NOW, 1, says)]
    desk.client.tick(later(HALTED_S))
    assert desk.centre.words() == ["hello", "hello"]


def test_an_answer_to_somebody_else_opens_nothing() -> None:
    said = Welcome("other", 1, 1, Head(0, "ab"), "2026-11-22T10:41:07Z", Verdict.CONTINUE, Versions(1, 1))
    desk = Desk(PaperStation(1), said)
    desk.client.tick(NOW)
    assert desk.links() == [Link.OFFLINE]


def test_every_hello_has_its_own_nonce() -> None:
    desk = Desk(PaperStation(), Unavailable("away"), Unavailable("away"))
    desk.client.tick(NOW)
    desk.client.tick(later(60))
    first, second = desk.centre.heard
    assert isinstance(first, Hello)
    assert isinstance(second, Hello)
    assert first.nonce != second.nonce


def test_a_gone_centre_is_said_once_and_tried_more_and_more_rarely() -> None:
    desk = Desk(PaperStation(2), *[Unavailable("The centre does not answer.")] * 8)
    now, rests = 0.0, []
    for _ in range(8):
        rests.append(desk.client.tick(later(now)))
        now += rests[-1]
    assert rests[0] <= 1.0
    assert rests[-1] >= 30.0
    assert desk.said == [SyncState(Link.OFFLINE, NOW, 2, "The centre does not answer.")]


def test_a_rest_is_kept_however_often_it_is_woken_and_then_ends() -> None:
    desk = Desk(PaperStation(), Busy("The centre is busy.", 30), welcome(), NOTHING_NEW)
    assert desk.client.tick(NOW) == 30
    for passed in (1, 10, 29):
        assert desk.client.tick(later(passed)) == 30 - passed
    assert desk.client.tick(later(30)) == POLL_S
    assert desk.links() == [Link.OFFLINE, Link.ONLINE]
    assert desk.said[-1].since == later(30)


def test_a_clock_put_back_does_not_make_a_rest_endless() -> None:
    desk = Desk(PaperStation(), Busy("The centre is busy.", 30), welcome(), NOTHING_NEW)
    desk.client.tick(NOW)
    assert desk.client.tick(later(-86_400)) == POLL_S


def test_after_a_failure_the_next_try_says_hello_again() -> None:
    desk = Desk(
        PaperStation(1),
        welcome(),
        Unavailable("away"),
        welcome(),
        ack(),
        NOTHING_NEW,
    )
    desk.client.tick(NOW)
    desk.client.tick(later(60))
    assert desk.centre.words() == ["hello", "push", "hello", "push", "pull"]


def test_facts_arrive_while_fetching_fails() -> None:
    desk = Desk(PaperStation(2), welcome(), ack(), Unavailable("away"))
    desk.client.tick(NOW)
    assert desk.station.acknowledged == 2
    assert desk.said[-1].link is Link.OFFLINE


def test_a_refused_request_is_tried_again_like_any_other() -> None:
    # Refusals come by way of whatever stands between: no 4xx ever means that an event is dropped.
    desk = Desk(
        PaperStation(1),
        welcome(),
        Refused("request.changed", "Read a changed request.", "", ""),
        welcome(),
        ack(),
        NOTHING_NEW,
    )
    desk.client.tick(NOW)
    assert desk.said[-1].link is Link.OFFLINE
    desk.client.tick(later(60))
    assert desk.station.acknowledged == 1


def test_clocks_apart_are_said_while_everything_works() -> None:
    desk = Desk(PaperStation(), welcome(), NOTHING_NEW)
    desk.centre.skew_s = 7200.0
    desk.client.tick(NOW)
    assert desk.said[-1].link is Link.ONLINE
    assert desk.said[-1].reason == state.skew_sentence(7200, 300)


def test_without_a_centre_it_says_so_and_joins_when_there_is_one() -> None:
    desk = Desk(PaperStation(1))
    said: list[SyncState] = []
    noise = random.Random(1)
    client = SyncClient(desk.station, None, ids=CountingIds(), noise=noise, on_state=said.append)
    assert client.tick(NOW) == POLL_S
    client.tick(later(5))
    assert said == [SyncState(Link.NOT_JOINED, NOW, 1, state.NOT_JOINED)]
    client.join(ScriptedCentre(welcome(), ack(), NOTHING_NEW))
    client.tick(later(10))
    assert said[-1] == SyncState(Link.ONLINE, later(10), 0, "")


def test_another_centre_is_greeted_before_it_is_sent_anything() -> None:
    desk = Desk(PaperStation(1), welcome(), ack(), NOTHING_NEW)
    desk.client.tick(NOW)
    desk.station.record()
    other = ScriptedCentre(welcome(Head(1, desk.station.chain[0].hash)), ack(), NOTHING_NEW)
    desk.client.join(other)
    desk.client.tick(later(5))
    assert other.words() == ["hello", "push", "pull"]


def test_a_station_that_does_not_answer_is_not_counted() -> None:
    desk = Desk(PaperStation(1))
    desk.station.gone = Unavailable("The station is closing.")
    desk.client.tick(NOW)
    assert desk.said == [SyncState(Link.OFFLINE, NOW, None, "The station is closing.")]


def test_a_stopped_client_ends_after_the_exchange_it_is_in() -> None:
    desk = Desk(PaperStation(9), welcome())
    confirm = ack(upto=2)

    def stop_and_confirm(push: object) -> object:
        desk.client.stop()
        return confirm(push)  # type: ignore[arg-type]

    desk.centre.replies.append(stop_and_confirm)  # type: ignore[arg-type]
    desk.client.tick(NOW)
    desk.client.tick(later(60))
    assert desk.centre.words() == ["hello", "push"]
    assert desk.station.acknowledged == 2


def test_a_defect_is_said() -> None:
    desk = Desk(PaperStation(1))
    desk.client.broke(NOW)
    assert desk.said == [SyncState(Link.STOPPED, NOW, 1, state.DEFECT)]
