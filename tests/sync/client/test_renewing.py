from __future__ import annotations

import pytest

from app.domain.refusal import Refused, Unavailable
from app.ledger.owed import Due, Torn
from sync.client.port import Busy
from sync.client.renewing import Renewer
from sync.client.state import Halt
from sync.wire.answers import Answer, Fenced, Gap, Rejected, Retry, WrongVersion
from sync.wire.messages import Push
from sync.wire.protocol import MAX_OFFERED, SPOKEN
from sync.wire.renewals import Cause, Offer, Renew, Renewed
from tests.sync.central.receiving import CountedIds
from tests.sync.client.scripts import PaperStation, Reply, ScriptedCentre, holding, renewed

DUE = Due("0a" * 16, "behind", "0b" * 16)


def run(station: PaperStation, *replies: Reply, due: Due = DUE) -> ScriptedCentre:
    centre = ScriptedCentre(*replies)
    Renewer(station, centre, CountedIds()).run(due, 1, lambda: True)
    return centre


def test_what_the_centre_holds_stays_and_the_rest_goes_again() -> None:
    station = PaperStation(4)
    first = list(station.chain)
    centre = run(station, renewed(2), holding(first[0], first[2]))
    asked, offer = centre.heard
    assert isinstance(asked, Renew)
    assert (asked.token, asked.install_id, asked.cause) == (DUE.token, DUE.install_id, Cause.BEHIND)
    assert isinstance(offer, Offer)
    assert [one.event_id for one in offer.events] == [event.event_id for event in first]
    assert [event.event_id for event in station.chain] == [first[1].event_id, first[3].event_id]


def test_the_labels_that_the_centre_knows_are_given_no_more() -> None:
    station = PaperStation(1)
    run(station, lambda renew: Renewed(renew.token, 2, 1, {"L": 41, "H": 3}), holding(*station.chain))
    assert station.given == {"L": 41, "H": 3}


def test_a_long_record_is_offered_part_by_part() -> None:
    station = PaperStation(2)
    station.all *= MAX_OFFERED
    centre = run(station, renewed(2), holding(*station.chain), holding(*station.chain))
    assert [len(heard.events) for heard in centre.heard if isinstance(heard, Offer)] == [MAX_OFFERED] * 2
    assert station.chain == []


@pytest.mark.parametrize(
    "replies",
    [
        [lambda _: Renewed("0f" * 16, 2, 1)],
        [renewed(2, feed_gen=2)],
        [renewed(1)],
        [renewed(2), holding(feed_gen=2)],
        [Unavailable("away")],
        [renewed(2), Unavailable("away")],
    ],
    ids=["token", "feed", "epoch", "restored since", "lost", "lost later"],
)
def test_an_answer_that_is_not_ours_begins_nothing(replies: list[Reply]) -> None:
    station = PaperStation(2)
    with pytest.raises(Unavailable):
        run(station, *replies)
    assert station.position().head.epoch == 1


def test_it_ends_between_two_questions_when_asked() -> None:
    station = PaperStation(1)
    renewer = Renewer(station, ScriptedCentre(renewed(2), holding()), CountedIds())
    with pytest.raises(Unavailable, match="closing"):
        renewer.run(DUE, 1, lambda: False)
    assert station.position().head.epoch == 1


def test_a_damaged_event_is_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    station = PaperStation(1)

    def damaged(*_: object) -> int:
        raise Refused("envelope.signature", "Event 1: its signature does not fit.", "", "")

    monkeypatch.setattr(station, "begin_epoch", damaged)
    with pytest.raises(Halt, match="signature"):
        run(station, renewed(2), holding())


TORN = Torn(2, b'{"v":1}', b"\xff{}", None, None, bytes(64))


def test_an_event_that_the_disk_changed_is_shown_and_all_others_go_on() -> None:
    station = PaperStation(3)
    first = list(station.chain)
    station.damaged = [TORN]
    shown = Rejected(1, "envelope.signature", "it does not fit", 0, "")
    centre = run(station, renewed(2), holding(first[0]), shown)
    sent = centre.heard[-1]
    assert isinstance(sent, Push)
    assert (sent.epoch, [one.facts for one in sent.events]) == (2, [b"\\xff{}"])
    assert [one.to_json()["header"] for one in sent.events] == ['{"v":1}']
    assert [event.event_id for event in station.chain] == [first[2].event_id]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(Retry(3), Busy), (Gap(0), Unavailable), (WrongVersion(too_new=True, spoken=SPOKEN), Halt)],
)
def test_what_was_not_shown_is_still_owed(answer: Answer, outcome: type[Exception]) -> None:
    station = PaperStation(2)
    station.damaged = [TORN]
    with pytest.raises(outcome):
        run(station, renewed(2), holding(), answer)
    assert station.position().head.epoch == 1


def test_an_epoch_that_a_copy_closed_meanwhile_is_begun_all_the_same() -> None:
    station = PaperStation(2)
    station.damaged = [TORN]
    run(station, renewed(2), holding(), Fenced())
    assert station.position().head.epoch == 2


def test_a_word_of_a_newer_program_is_asked_as_one_that_every_centre_knows() -> None:
    centre = run(PaperStation(1), renewed(2), holding(), due=Due("0a" * 16, "eclipse", "0b" * 16))
    asked = centre.heard[0]
    assert isinstance(asked, Renew)
    assert asked.cause is Cause.DIFFERS


def test_each_new_renewal_has_names_of_its_own() -> None:
    renewer = Renewer(PaperStation(), ScriptedCentre(), CountedIds())
    one, two = renewer.new(Cause.HOLE), renewer.new(Cause.HOLE)
    assert len({one.token, one.install_id, two.token, two.install_id}) == 4
    assert one.cause == "hole"
