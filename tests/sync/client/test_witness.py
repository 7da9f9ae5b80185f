"""The watch over the centre's record on paper: when it asks, and what it makes of what it gets."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from app.domain.approvals import Signed
from app.domain.merkle import Tree
from app.domain.refusal import Refused, Unavailable
from sync.client.port import Busy
from sync.client.session import HALTED_S, POLL_S
from sync.client.witness import DEFECT, WITNESS_S, WitnessClient
from sync.wire.trail import Holding, Shown
from tests.sync.client.scripts import NOW, later

HELD = Holding(Tree(3), Tree(4))
SHOWN = Shown(Signed(b"{}", b"s" * 64), Signed(b"{}", b"g" * 64))


class Paper:
    """Both ends: a station that says `why`, a centre that answers from a script."""

    def __init__(self, *replies: Shown | Exception, why: str = "") -> None:
        self.replies, self.why = list(replies), why
        self.asked: list[Holding] = []
        self.taken: list[Shown] = []
        self.said: list[str] = []
        self.client = WitnessClient(self, self, noise=random.Random(1), on_state=self.said.append)

    def held(self) -> Holding:
        return HELD

    def take(self, shown: Shown, now: datetime) -> str:
        del now
        self.taken.append(shown)
        return self.why

    def checkpoint(self, held: Holding) -> Shown:
        self.asked.append(held)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


def test_it_asks_from_where_it_stands_and_then_rests() -> None:
    paper = Paper(SHOWN, SHOWN)
    assert paper.client.tick(NOW) == WITNESS_S
    assert paper.client.tick(later(50)) == WITNESS_S - 50
    assert paper.client.tick(later(WITNESS_S)) == WITNESS_S
    assert (paper.asked, paper.taken, paper.said) == ([HELD] * 2, [SHOWN] * 2, [])


def test_a_contradiction_is_said() -> None:
    paper = Paper(SHOWN, why="the feed begins differently")
    paper.client.tick(NOW)
    assert "(the feed begins differently)" in paper.said[0]


def test_a_centre_without_checkpoints_is_asked_again() -> None:
    paper = Paper(Shown(None))
    assert paper.client.tick(NOW) == WITNESS_S
    assert paper.taken == []


@pytest.mark.parametrize(
    ("reply", "least"),
    [
        (Unavailable("away"), 0.5),
        (Busy("later", 70.0), 70.0),
        (Refused("http.404", "r", "e", "d"), HALTED_S),
        (Refused("station.fenced", "r", "e", "d"), HALTED_S),
        (Refused("strange", "r", "e", "d"), 0.5),
    ],
)
def test_a_failure_is_rested_from(reply: Exception, least: float) -> None:
    paper = Paper(reply, SHOWN)
    rest = paper.client.tick(NOW)
    assert rest >= least
    assert paper.client.tick(NOW) == pytest.approx(rest)
    assert paper.client.tick(later(rest)) == WITNESS_S
    assert paper.said == []


def test_before_it_joined_and_once_stopped_it_does_nothing() -> None:
    paper = Paper()
    assert WitnessClient(paper, None, noise=random.Random(1), on_state=print).tick(NOW) == POLL_S
    paper.client.stop()
    assert paper.client.tick(NOW) == POLL_S


def test_a_defect_is_said_once_and_taken_back_when_the_record_holds_again() -> None:
    paper = Paper(SHOWN)
    paper.client.broke(NOW)
    paper.client.broke(NOW)
    assert paper.said == [DEFECT]
    paper.client.tick(NOW)
    assert paper.said == [DEFECT, ""]
