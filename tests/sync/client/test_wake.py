"""Listening on paper: what wakes the sync, and what happens when nobody speaks."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from app.domain.feed import Cursor
from app.domain.refusal import Refused, Unavailable
from sync.client.port import Busy
from sync.client.session import HALTED_S, POLL_S
from sync.client.wake import AGAIN_S, WakeClient
from tests.sync.client.scripts import NOW, later


class Paper:
    """A centre that says the next list of its script, or fails."""

    def __init__(self, *replies: list[Cursor] | Exception) -> None:
        self.replies, self.woken, self.heard = list(replies), 0, 0
        self.client = WakeClient(self, noise=random.Random(1), on_wake=self._wake)

    def _wake(self) -> None:
        self.woken += 1

    def wake(self, on_moved: Callable[[Cursor], bool]) -> None:
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        for cursor in reply:
            self.heard += 1
            if not on_moved(cursor):
                return


def test_it_wakes_once_for_each_move() -> None:
    paper = Paper([Cursor(1, 5), Cursor(1, 5), Cursor(1, 6)], [Cursor(1, 6), Cursor(2, 1)])
    assert paper.client.tick(NOW) == AGAIN_S
    assert paper.woken == 2
    assert paper.client.tick(NOW) == AGAIN_S
    assert paper.woken == 3


@pytest.mark.parametrize(
    ("why", "least"),
    [
        (Unavailable("away"), 0.5),
        (Busy("full", 30.0), 30.0),
        (Refused("http.404", "r", "e", "d"), HALTED_S),
        (Refused("station.fenced", "r", "e", "d"), HALTED_S),
    ],
)
def test_what_fails_is_rested_from(why: Exception, least: float) -> None:
    paper = Paper(why, [Cursor(1, 1)])
    rest = paper.client.tick(NOW)
    assert rest >= least
    assert paper.client.tick(NOW) == pytest.approx(rest)
    assert paper.client.tick(later(rest)) == AGAIN_S
    assert paper.woken == 1


def test_stopped_it_hears_no_more() -> None:
    paper = Paper([Cursor(1, 1), Cursor(1, 2)])
    paper.client._on_wake = paper.client.stop
    paper.client.tick(NOW)
    assert paper.heard == 1
    assert paper.client.tick(NOW) == POLL_S
    assert WakeClient(None, noise=random.Random(1), on_wake=print).tick(NOW) == POLL_S
    paper.client.broke(NOW)
