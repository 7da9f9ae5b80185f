from __future__ import annotations

import pytest

from app.domain.feed import Page
from app.domain.refusal import Unavailable
from sync.client import state
from sync.client.port import Overlong
from sync.client.pull import Puller
from sync.client.state import Halt
from sync.wire.protocol import MAX_CHANGES
from tests.sync.client.scripts import NOTHING_NEW, PaperStation, Reply, ScriptedCentre, changes


def run(station: PaperStation, *replies: Reply, feed_gen: int = 1) -> ScriptedCentre:
    centre = ScriptedCentre(*replies)
    Puller(station, centre).run(feed_gen, lambda: True)
    assert centre.replies == []
    return centre


def test_pages_are_applied_whole_until_there_are_no_more() -> None:
    station = PaperStation()
    pages = changes(3, more=True), changes(7, after=3, more=True), changes(8, after=7)
    centre = run(station, *pages)
    assert centre.heard == [(0, 0), (1, 3), (1, 7)]
    assert station.pages == list(pages)
    assert station.cursor == (1, 8)


def test_nothing_new_writes_nothing() -> None:
    station = PaperStation()
    station.cursor = (1, 8)
    assert run(station, Page(1, 8)).heard == [(1, 8)]
    assert station.pages == []


def test_an_empty_feed_of_a_new_generation_is_still_a_place_to_stand() -> None:
    station = PaperStation()
    run(station, NOTHING_NEW)
    assert station.cursor == (1, 0)


def test_a_new_generation_starts_from_nothing() -> None:
    station = PaperStation()
    station.cursor = (1, 8)
    run(station, changes(2, gen=2), feed_gen=2)
    assert station.cursor == (2, 2)


def test_an_answer_of_another_generation_than_the_sessions_is_ignored() -> None:
    station = PaperStation()
    with pytest.raises(Unavailable):
        run(station, changes(2, gen=1), feed_gen=2)
    assert station.pages == []


def test_a_feed_that_went_back_is_said_and_not_applied() -> None:
    station = PaperStation()
    station.cursor = (1, 8)
    with pytest.raises(Halt) as halt:
        run(station, Page(1, 7))
    assert str(halt.value) == state.FEED_BEHIND
    assert station.cursor == (1, 8)


def test_a_centre_that_promises_and_does_not_keep_is_left() -> None:
    station = PaperStation()
    station.cursor = (1, 8)
    with pytest.raises(Unavailable):
        run(station, Page(1, 8, more=True))


def test_it_stops_between_pages_when_asked() -> None:
    station = PaperStation()
    Puller(station, ScriptedCentre(changes(3, more=True))).run(1, lambda: False)
    assert station.cursor == (1, 3)


def test_a_page_that_is_too_long_is_asked_for_in_halves() -> None:
    station = PaperStation()
    centre = run(station, Overlong("long"), Overlong("long"), changes(3, more=True), changes(4, after=3))
    assert centre.limits == [MAX_CHANGES, MAX_CHANGES // 2, MAX_CHANGES // 4, MAX_CHANGES // 4]
    assert station.cursor == (1, 4)


def test_a_single_change_that_is_too_long_is_said() -> None:
    station, halvings = PaperStation(), MAX_CHANGES.bit_length()
    with pytest.raises(Overlong):
        run(station, *[Overlong("long")] * halvings)
    assert station.pages == []
