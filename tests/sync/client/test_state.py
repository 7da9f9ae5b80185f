from __future__ import annotations

import pytest

from sync.client import state
from sync.client.state import skew_sentence


@pytest.mark.parametrize(
    ("ahead_s", "says"),
    [
        (0, ""),
        (300, ""),
        (-300, ""),
        (301, "This computer's clock is 5 minutes behind the centre's; please set it."),
        (-3 * 3600, "This computer's clock is 3 hours ahead of the centre's; please set it."),
        (400 * 86400, "This computer's clock is 400 days behind the centre's; please set it."),
        (-7199, "This computer's clock is 119 minutes ahead of the centre's; please set it."),
    ],
)
def test_clocks_apart_are_said_in_one_sentence(ahead_s: float, says: str) -> None:
    assert skew_sentence(ahead_s, 300) == says


def test_small_spans_are_seconds() -> None:
    assert "90 seconds behind" in skew_sentence(90, 5)


@pytest.mark.parametrize("name", ["COPIED", "FENCED", "DAMAGED", "DEFECT", "NOT_JOINED"])
def test_what_stops_sending_says_where_the_facts_are(name: str) -> None:
    sentence: str = getattr(state, name)
    assert "here" in sentence
    assert sentence.endswith(".")
