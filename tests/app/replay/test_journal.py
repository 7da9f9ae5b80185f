"""The journal: what it kept is taken up again, torn lines are dropped, another replay is refused."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.fields import Fields
from app.domain.refusal import Refused, Unavailable
from app.replay.box import Box, Units
from app.replay.journal import Journal, Play
from app.replay.till import Outcome

PLAY = Play("ab" * 32, None, 7)
AT = datetime(2010, 12, 1, 9, 41, tzinfo=UTC)

units = st.builds(Units, st.text("ABC123", min_size=1), st.integers(1, 99_999), st.sampled_from("ABCD"))
boxes = st.builds(
    Box,
    st.text("C0123", min_size=1, max_size=7),
    st.just(AT),
    st.none() | st.just("R-10422-6"),
    st.lists(units, max_size=3).map(tuple),
    st.lists(units, max_size=3).map(tuple),
)
outcomes = st.builds(
    Outcome,
    st.dictionaries(st.sampled_from(["sale", "credit"]), st.integers(1, 9)).map(Counter),
    st.dictionaries(st.just("blind credit line"), st.integers(1, 9)).map(Counter),
    st.lists(boxes, max_size=2).map(tuple),
)
steps = st.lists(outcomes | st.just("day"), max_size=12)


def play(journal: Journal, step: Outcome | str, head: int) -> None:
    if isinstance(step, Outcome):
        journal.paper_done(step)
    else:
        journal.boxes_done(head)
        journal.day_done()


@given(box=boxes)
def test_a_box_is_read_back_as_it_was_written(box: Box) -> None:
    assert Box.from_json(Fields(json.loads(json.dumps(box.to_json())), "box")) == box


def test_a_box_knows_how_many_events_it_makes() -> None:
    two = (Units("A", 1, "A"), Units("B", 2, "B"))
    assert Box("C1", AT, "R-1", two, two).events == 5
    assert Box("C1", AT, None, (), two).events == 2


@given(steps=steps)
def test_whoever_opens_it_again_stands_where_it_was_left(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Outcome | str]
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    with Journal(path, PLAY) as journal:
        for head, step in enumerate(steps):
            play(journal, step, head)
        left = journal.standing
    with Journal(path, PLAY) as again:
        assert again.standing == left
        again.paper_done(Outcome(Counter(sale=1)))
    with Journal(path, PLAY) as third:
        assert third.standing.papers == left.papers + 1
        assert third.standing.applied["sale"] == left.applied["sale"] + 1


@given(steps=steps, cut=st.integers(1, 60))
def test_a_torn_line_is_dropped_and_the_rest_kept(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Outcome | str], cut: int
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    with Journal(path, PLAY) as journal:
        for head, step in enumerate(steps):
            play(journal, step, head)
    whole = path.read_bytes()
    path.write_bytes(whole[: -min(cut, len(whole))])
    kept = path.read_bytes().count(b"\n")
    with Journal(path, PLAY) as again:
        again.day_done()
    assert path.read_bytes().startswith(b"".join(whole.splitlines(keepends=True)[:kept]))
    assert path.read_bytes().count(b"\n") == max(kept, 1) + 1


@pytest.mark.parametrize("other", [Play("cd" * 32, None, 7), Play("ab" * 32, 1, 7), Play("ab" * 32, None, 8)])
def test_another_file_months_or_seed_are_refused_with_what_is_there(tmp_path: Path, other: Play) -> None:
    path = tmp_path / "journal.jsonl"
    Journal(path, PLAY).close()
    before = path.read_bytes()
    with pytest.raises(Refused, match="--seed 7, all months") as no:
        Journal(path, other)
    assert no.value.code == "replay.other"
    assert "--out" in no.value.do
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no journal\n", "replay.unreadable"),
        ('{"replay": 99}\n', "replay.version"),
        ("[]\n", "fields.not_an_object"),
        (f"{json.dumps(PLAY.to_json())}\nhalf\n", "replay.unreadable"),
        (f'{json.dumps(PLAY.to_json())}\n{{"paper": 5}}\n', "fields.wrong"),
    ],
)
def test_a_file_that_is_no_journal_is_refused(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "journal.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as no:
        Journal(tmp_path / "journal.jsonl", PLAY)
    assert no.value.code == code


def test_a_folder_that_is_gone_is_the_worlds_fault(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be used"):
        Journal(tmp_path / "gone" / "journal.jsonl", PLAY)


def test_standing_follows_the_boxes_of_two_days(tmp_path: Path) -> None:
    box = Box("C1", AT, None, (), (Units("A", 1, "A"),))
    with Journal(tmp_path / "journal.jsonl", PLAY) as journal:
        journal.paper_done(Outcome(boxes=(box, box)))
        assert (journal.standing.in_work, journal.standing.day_ended) == (0, False)
        journal.day_done()
        assert (journal.standing.in_work, journal.standing.day_ended) == (2, True)
        journal.paper_done(Outcome(boxes=(box,)))
        assert (journal.standing.in_work, journal.standing.day_ended) == (2, False)
        journal.boxes_done(4)
        assert (journal.standing.boxes, journal.standing.head) == ([box], 4)
        journal.day_done()
        assert journal.standing.in_work == 1
