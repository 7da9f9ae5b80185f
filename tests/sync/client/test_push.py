from __future__ import annotations

import pytest

from app.domain.refusal import Refused, Unavailable
from sync.client import state
from sync.client.port import Busy
from sync.client.push import BatchSize, Pusher
from sync.client.state import Anew, Halt
from sync.wire import codec
from sync.wire.answers import Ack, Answer, Fenced, Fork, Gap, Rejected, Retry, WrongVersion
from sync.wire.protocol import MAX_EVENTS, SPOKEN
from sync.wire.renewals import Cause
from tests.sync.client.scripts import PaperStation, Reply, ScriptedCentre, ack

TOO_LARGE = codec.too_large(1)


def run(station: PaperStation, *replies: Reply, size: int = MAX_EVENTS) -> ScriptedCentre:
    """Sends until nothing waits; every reply of the script must have been used."""
    centre = ScriptedCentre(*replies)
    pusher = Pusher(station, centre)
    pusher.size.events = size
    pusher.run(1, 1, lambda: True)
    assert centre.replies == []
    return centre


def test_nothing_to_send_asks_nothing() -> None:
    assert run(PaperStation()).heard == []


def test_everything_goes_in_order_and_counts_once_confirmed() -> None:
    station = PaperStation(7)
    centre = run(station, ack(), ack(), size=4)
    assert centre.batches() == [4, 3]
    assert station.acknowledged == 7


def test_what_was_recorded_meanwhile_goes_too() -> None:
    station = PaperStation(1)
    confirm = ack()

    def scan_and_confirm(push: object) -> Answer:
        station.record()
        return confirm(push)  # type: ignore[arg-type]

    assert run(station, scan_and_confirm, ack()).batches() == [1, 1]
    assert station.acknowledged == 2


def test_a_part_confirmed_is_a_part_done() -> None:
    station = PaperStation(5)
    assert run(station, ack(upto=2), ack()).batches() == [5, 3]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (WrongVersion(too_new=True, spoken=SPOKEN), state.TOO_NEW),
        (WrongVersion(too_new=False, spoken=SPOKEN), state.TOO_OLD),
        (Rejected(1, "envelope.facts", "facts", 0, "ab"), state.DAMAGED.format(seq=1, why="facts")),
        (Rejected(1, "envelope.facts", "", 0, "ab"), state.DAMAGED.format(seq=1, why="envelope.facts")),
    ],
)
def test_what_only_a_person_can_mend_halts_and_loses_nothing(answer: Answer, says: str) -> None:
    station = PaperStation(3)
    with pytest.raises(Halt) as halt:
        run(station, answer)
    assert str(halt.value) == says
    assert (station.acknowledged, len(station.pending(9))) == (0, 3)


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (Fork(0, "ab"), Cause.DIFFERS),
        (Ack(1, 3, "another hash", 1, 0), Cause.DIFFERS),
        (Ack(1, 99, "ab", 1, 0), Cause.DIFFERS),
        (Fenced(), None),
        (Gap(2), Cause.HOLE),
    ],
)
def test_records_that_differ_end_the_session_and_confirm_nothing(answer: Answer, cause: Cause | None) -> None:
    station = PaperStation(3)
    with pytest.raises(Anew) as anew:
        run(station, answer)
    assert anew.value.cause is cause
    assert (station.acknowledged, len(station.pending(9))) == (0, 3)


def test_what_the_centre_lacks_goes_again_from_there() -> None:
    station = PaperStation(5)
    station.acknowledged = 4
    centre = run(station, Gap(2), ack())
    assert centre.batches() == [1, 3]
    assert station.acknowledged == 5


def test_what_the_centre_lacks_and_nobody_has_any_more_is_a_hole() -> None:
    station = PaperStation(5)
    station.acknowledged, station.pruned = 4, True
    with pytest.raises(Anew) as anew:
        run(station, Gap(2))
    assert anew.value.cause is Cause.HOLE


def test_a_gap_before_what_was_just_sent_is_no_answer() -> None:
    with pytest.raises(Unavailable):
        run(PaperStation(3), Gap(0))


def test_a_centre_that_sends_back_again_and_again_is_left_and_a_later_gap_is_not_the_same() -> None:
    station = PaperStation(6)
    station.acknowledged = 4
    with pytest.raises(Unavailable, match="lacks"):
        run(station, Gap(3), Gap(1))
    # What was confirmed in between is progress.
    assert run(station, Gap(1), ack(upto=5), Gap(2), ack()).batches() == [3, 5, 1, 4]
    assert station.acknowledged == 6


def test_what_came_before_a_rejected_event_is_confirmed() -> None:
    station = PaperStation(3)
    with pytest.raises(Halt):
        run(station, Rejected(3, "envelope.facts", "facts", 2, station.chain[1].hash))
    assert station.acknowledged == 2


def test_a_rejection_with_a_foreign_head_confirms_nothing() -> None:
    station = PaperStation(3)
    with pytest.raises(Anew) as anew:
        run(station, Rejected(3, "envelope.facts", "facts", 2, "another hash"))
    assert (anew.value.cause, station.acknowledged) == (Cause.DIFFERS, 0)


@pytest.mark.parametrize(
    "answer", [ack(feed_gen=2), ack(epoch=2), Ack(1, 0, "ab", 1, 0)], ids=["feed", "epoch", "nothing"]
)
def test_an_answer_of_another_session_confirms_nothing(answer: Reply) -> None:
    station = PaperStation(2)
    with pytest.raises(Unavailable):
        run(station, answer)
    assert station.acknowledged == 0


def test_a_busy_centre_names_its_time() -> None:
    with pytest.raises(Busy) as busy:
        run(PaperStation(1), Retry(30))
    assert busy.value.after_s == 30


def test_too_large_halves_to_one_event_and_never_grows_beyond_it() -> None:
    station = PaperStation(9)
    centre = run(station, TOO_LARGE, TOO_LARGE, ack(), ack(), TOO_LARGE, *[ack()] * 5, size=8)
    assert centre.batches() == [8, 4, 2, 2, 2, 1, 1, 1, 1, 1]
    assert station.acknowledged == 9


def test_one_event_that_is_too_large_is_said() -> None:
    with pytest.raises(Halt) as halt:
        run(PaperStation(1), TOO_LARGE)
    assert str(halt.value) == state.TOO_BIG.format(seq=1)


def test_a_failing_way_is_tried_with_less_and_success_grows_again() -> None:
    station = PaperStation(20)
    centre = ScriptedCentre(Unavailable("away"), Unavailable("away"), *[ack()] * 4)
    pusher = Pusher(station, centre)
    pusher.size.events = 8
    for _ in range(2):
        with pytest.raises(Unavailable):
            pusher.run(1, 1, lambda: True)
    pusher.run(1, 1, lambda: True)
    assert centre.batches() == [8, 4, 2, 4, 8, 6]


def test_a_new_session_may_try_large_batches_again() -> None:
    size = BatchSize()
    size.too_large(400)
    size.went_through()
    assert size.events == 200
    size.new_session()
    size.went_through()
    size.went_through()
    assert size.events == MAX_EVENTS


def test_it_stops_between_batches_when_asked() -> None:
    station = PaperStation(6)
    centre = ScriptedCentre(ack())
    pusher = Pusher(station, centre)
    pusher.size.events = 2
    pusher.run(1, 1, lambda: False)
    assert (centre.batches(), station.acknowledged) == ([2], 2)


def test_an_event_the_disk_damaged_beyond_reading_halts_with_its_reason() -> None:
    station = PaperStation(1)
    station.gone = Refused("envelope.header", "Read a broken header.", "", "Ask for help.")
    with pytest.raises(Halt, match="broken header"):
        run(station)


def test_an_event_that_is_no_text_any_more_halts_and_other_refusals_do_not() -> None:
    for code, kind in (("sealed.broken", Halt), ("request.changed", Refused)):
        with pytest.raises(kind, match="Read a changed thing"):
            run(PaperStation(1), Refused(code, "Read a changed thing.", "", ""))
