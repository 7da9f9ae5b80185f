"""Refusals carry their parts and survive a process border."""

from __future__ import annotations

import pickle

import pytest

from app.domain.refusal import Refused, Unavailable


def test_a_refusal_says_what_was_read_what_was_expected_and_what_to_do() -> None:
    no = Refused("code.shape", "Read 'X'.", "Expected a code.", "Scan again.")
    assert (no.code, no.read, no.expected, no.do) == (
        "code.shape",
        "Read 'X'.",
        "Expected a code.",
        "Scan again.",
    )
    assert str(no) == "Read 'X'. Expected a code. Scan again."


def test_a_part_left_out_leaves_no_gap() -> None:
    assert str(Refused("x", "Read 'X'.", "", "Scan again.")) == "Read 'X'. Scan again."


def test_a_refusal_crosses_a_process_border_whole() -> None:
    no = Refused("code.shape", "Read 'X'.", "Expected a code.", "Scan again.")
    back = pickle.loads(pickle.dumps(no))  # noqa: S301 - our own bytes, made in this line
    assert (type(back), back.args, vars(back)) == (Refused, no.args, vars(no))


def test_no_answer_from_the_world_is_not_a_refusal() -> None:
    with pytest.raises(Unavailable, match="printer"):
        raise Unavailable("the printer does not answer")
    assert not issubclass(Unavailable, Refused)
