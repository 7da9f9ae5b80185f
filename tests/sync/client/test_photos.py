"""The photos' client on paper: what it asks, what it makes of each answer, and when it comes again."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from app.domain.digests import digest_of
from app.domain.refusal import Refused, Unavailable
from sync.client.photo_port import PhotoState
from sync.client.photos import (
    DEFECT,
    FACTS_S,
    LEAST_PIECE,
    NARROW,
    OLD,
    OTHER_VERSION,
    SOMETHING_ELSE,
    STANDSTILL,
    PhotoClient,
)
from sync.client.port import Busy
from sync.client.session import HALTED_S, POLL_S
from sync.wire.attachments import Ask, Have, Held, Place
from sync.wire.codec import too_large
from sync.wire.protocol import MAX_CHUNK, Versions
from tests.sync.client.photo_scripts import PaperShelf, Reply, ScriptedPhotos
from tests.sync.client.scripts import NOW, later

ONE, TWO = b"one" * 9, b"two" * 9
FIRST, SECOND = digest_of(ONE), digest_of(TWO)
LARGE = bytes(MAX_CHUNK * 2 + 5)


def has(place: Place = Place.PART, have: int = 0, gen: int = 1) -> Callable[[Ask], Held]:
    """Answers the same of every photo that is asked about."""
    return lambda ask: Held(gen, {digest: Have(place, have) for digest in ask.digests})


def here(data: bytes) -> Have:
    return Have(Place.HERE, len(data))


def no(code: str) -> Refused:
    return Refused(code, "Read it.", "Expected another.", "Do that.")


class Played:
    """A client with both its ends on paper."""

    def __init__(self, shelf: PaperShelf, *replies: Reply) -> None:
        self.shelf = shelf
        self.centre = ScriptedPhotos(*replies)
        self.said: list[PhotoState] = []
        self.client = PhotoClient(shelf, self.centre, noise=random.Random(1), on_state=self.said.append)

    def tick(self, seconds: float = 0.0) -> float:
        return self.client.tick(later(seconds))

    def finished(self) -> bool:
        return not self.centre.replies


def test_it_asks_sends_and_confirms() -> None:
    play = Played(PaperShelf(ONE, TWO), has(have=4, gen=3), here(ONE), here(TWO))
    assert play.tick() == POLL_S
    assert play.centre.put_ == [(4, len(ONE), len(ONE) - 4), (4, len(TWO), len(TWO) - 4)]
    assert play.shelf.states == {FIRST: "sent", SECOND: "sent"}
    assert (play.shelf.gens, play.said, play.finished()) == ([3], [PhotoState(0, 0)], True)


def test_what_is_here_already_is_not_sent() -> None:
    play = Played(PaperShelf(ONE), has(Place.HERE, 9))
    play.tick()
    assert (play.centre.put_, play.shelf.states[FIRST]) == ([], "sent")


def test_pieces_follow_where_the_centre_says() -> None:
    play = Played(
        PaperShelf(LARGE),
        has(),
        Have(Place.PART, MAX_CHUNK),
        Have(Place.PART, 10),
        Have(Place.PART, MAX_CHUNK * 2),
        here(LARGE),
    )
    play.tick()
    assert [piece[0] for piece in play.centre.put_] == [0, MAX_CHUNK, 10, MAX_CHUNK * 2]


def test_a_centre_that_takes_no_more_is_left_alone_for_a_while() -> None:
    play = Played(PaperShelf(LARGE), has(), *[Have(Place.PART, 0)] * 4)
    assert play.tick() < POLL_S
    assert (play.said[-1].trouble, play.finished()) == (STANDSTILL, True)


def test_facts_go_first() -> None:
    shelf = PaperShelf(LARGE)
    play = Played(shelf, has(), Have(Place.PART, MAX_CHUNK))
    shelf.facts = 1
    assert (play.tick(), play.centre.asked) == (FACTS_S, [])
    shelf.facts_wait = iter([False, False, True, True]).__next__  # type: ignore[method-assign]
    assert (play.tick(1), len(play.centre.put_)) == (FACTS_S, 1)


@pytest.mark.parametrize("code", ["attachment.off", "http.404", "http.405", "station.fenced"])
def test_a_centre_that_wants_none_is_asked_rarely_and_it_is_said_once(code: str) -> None:
    play = Played(PaperShelf(ONE), no(code), no(code), has(Place.HERE))
    assert play.tick() == HALTED_S
    assert play.tick(HALTED_S - 1) == 1
    play.tick(HALTED_S)
    play.tick(2 * HALTED_S)
    words = str(no(code)) if code == "station.fenced" else OLD
    assert play.said == [PhotoState(1, 0, words), PhotoState(0, 0)]


def test_photos_taken_during_a_rest_are_counted() -> None:
    play = Played(PaperShelf(ONE), no("http.404"))
    play.tick()
    play.shelf.states[SECOND] = "waiting"
    play.tick(1)
    assert play.said[-1] == PhotoState(2, 0, OLD)


def test_the_centre_may_say_for_how_long() -> None:
    play = Played(PaperShelf(ONE), Busy("The centre is busy.", 120))
    assert play.tick() == 120


def test_a_question_answered_about_others_confirms_nothing() -> None:
    play = Played(PaperShelf(ONE), Held(1, {SECOND: Have(Place.HERE, 9)}))
    play.tick()
    assert (play.shelf.states[FIRST], play.said[-1].trouble) == ("waiting", SOMETHING_ELSE)


def test_another_version_is_said() -> None:
    play = Played(PaperShelf(ONE), Held(1, {FIRST: Have(Place.HERE, 9)}, Versions(7, 9)))
    play.tick()
    assert (play.shelf.states[FIRST], play.said[-1].trouble) == ("waiting", OTHER_VERSION)


def test_a_wrong_digest_is_sent_anew_once_and_then_kept_here() -> None:
    play = Played(PaperShelf(ONE, TWO), has(have=5), *[no("attachment.digest")] * 2, here(TWO), has())
    play.tick()
    assert [piece[0] for piece in play.centre.put_] == [5, 0, 5]
    assert play.shelf.states == {FIRST: "waiting", SECOND: "sent"}
    assert "1 photos are not taken" in play.said[-1].trouble
    play.tick(9)
    assert len(play.centre.asked) == 1, "what is refused is not asked about again"


def test_another_refusal_of_a_piece_ends_the_tick_and_is_tried_again() -> None:
    play = Played(PaperShelf(ONE), has(), no("wire.unreadable"), has(), here(ONE))
    play.tick()
    assert play.shelf.states[FIRST] == "waiting"
    play.tick(9)
    assert play.shelf.states[FIRST] == "sent"


def test_pieces_shrink_when_they_fail_and_grow_when_they_pass() -> None:
    play = Played(PaperShelf(LARGE), has(), Unavailable("gone"), has(), Have(Place.PART, 9), here(LARGE))
    play.tick()
    play.tick(9)
    assert [piece[2] for piece in play.centre.put_] == [MAX_CHUNK, MAX_CHUNK // 2, MAX_CHUNK]


def test_a_way_that_takes_nothing_is_said() -> None:
    size, tries = MAX_CHUNK, 1
    while size > LEAST_PIECE:
        size, tries = size // 2, tries + 1
    play = Played(PaperShelf(LARGE), has(), *[too_large(9)] * tries)
    play.tick()
    assert (play.said[-1].trouble, play.finished()) == (NARROW, True)
    assert play.centre.put_[-1][2] == LEAST_PIECE


def test_a_photo_of_an_event_that_waits_is_asked_about_again_after_a_while() -> None:
    play = Played(PaperShelf(ONE), has(Place.UNNAMED), has(), Have(Place.UNNAMED), has(Place.HERE))
    for seconds in (0, 5, HALTED_S, HALTED_S + 5):
        play.tick(seconds)
    assert (play.shelf.states[FIRST], len(play.centre.asked)) == ("waiting", 2)
    play.tick(2 * HALTED_S)
    assert play.shelf.states[FIRST] == "sent"


def test_a_photo_without_a_file_is_told_and_holds_up_no_other() -> None:
    shelf = PaperShelf(ONE, TWO)
    del shelf.files[FIRST]
    play = Played(shelf, has(), here(TWO), has())
    play.tick()
    assert [ask.lost for ask in play.centre.asked] == [(), (FIRST,)]
    assert shelf.states == {FIRST: "lost", SECOND: "sent"}
    assert play.said == [PhotoState(0, 1)]


def test_it_is_missing_until_the_centre_heard_it() -> None:
    shelf = PaperShelf()
    shelf.states[FIRST] = "missing"
    play = Played(shelf, Unavailable("gone"), has())
    play.tick()
    assert shelf.states[FIRST] == "missing"
    play.tick(9)
    assert (shelf.states[FIRST], shelf.looked) == ("lost", 1)


def test_a_disk_that_does_not_answer_passes_over_the_photo() -> None:
    shelf = PaperShelf(ONE, TWO)

    def read(digest: str) -> bytes | None:
        if digest == FIRST:
            raise Unavailable("the disk")
        return shelf.files[digest]

    shelf.read = read  # type: ignore[method-assign]
    play = Played(shelf, has(), here(TWO))
    assert play.tick() == POLL_S
    assert shelf.states == {FIRST: "waiting", SECOND: "sent"}


@pytest.mark.parametrize(("place", "state"), [(Place.HERE, "gone"), (Place.PART, "sent")])
def test_a_file_goes_only_when_the_centre_says_now_that_it_has_it(place: Place, state: str) -> None:
    shelf = PaperShelf(ONE)
    shelf.states[FIRST] = "due"
    more = () if place is Place.HERE else (has(), here(ONE))
    play = Played(shelf, has(place), *more)
    play.tick()
    assert (shelf.states[FIRST], play.finished()) == (state, True)


def test_a_client_that_is_told_to_stop_ends_between_two_pieces() -> None:
    play = Played(PaperShelf(LARGE), has(), Have(Place.PART, 9))
    put = play.centre.put

    def last(*given: object) -> Have:
        play.client.stop()
        return put(*given)  # type: ignore[arg-type]

    play.centre.put = last  # type: ignore[method-assign, assignment]
    play.tick()
    assert (len(play.centre.put_), play.tick(), play.shelf.states[digest_of(LARGE)]) == (1, POLL_S, "waiting")


def test_a_defect_is_said_and_a_closing_station_says_nothing() -> None:
    play = Played(PaperShelf(ONE))
    play.client.broke(NOW)
    assert play.said == [PhotoState(1, 0, DEFECT)]
    play.shelf.gone = Unavailable("The station is closing.")
    play.client.broke(NOW)
    assert len(play.said) == 1
