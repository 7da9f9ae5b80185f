"""Frames from bytes: the same whatever the chunks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.framing import Frame, Framer, Framing, decode


def texts(data: bytes, framing: Framing | None = None) -> list[str]:
    return [frame.text for frame in Framer(framing or Framing()).feed(data)]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t", b"\x04", b"\n\r", b"\r\n\r\n"])
def test_each_terminator_ends_one_frame(end: bytes) -> None:
    assert texts(b"A1" + end + b"B2" + end) == ["A1", "B2"]


def test_only_the_chosen_terminators_end_a_frame() -> None:
    assert texts(b"A\tB\nC\r", Framing(terminators=b"\r")) == ["A\tB\nC"]


def test_empty_frames_vanish() -> None:
    assert texts(b"\r\r\n\t\x04") == []


def test_group_separators_stay_inside() -> None:
    assert texts(b"]d20109506000134352\x1d10A\r") == ["]d20109506000134352\x1d10A"]


@given(
    data=st.lists(
        st.sampled_from([b"\r", b"\n", b"\t", b"\x04", b"A", b"B", b"\xc3", b"\xa9", b"\x1d"]), max_size=60
    ),
    cuts=st.lists(st.integers(0, 60), max_size=8),
    longest=st.integers(1, 12),
)
def test_any_chunking_gives_the_same_frames(data: list[bytes], cuts: list[int], longest: int) -> None:
    whole = b"".join(data)
    places = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    chunks = [whole[a:b] for a, b in pairwise(places)]
    framing = Framing(longest=longest)
    at_once, in_chunks, by_byte = (Framer(framing) for _ in range(3))
    expected = at_once.feed(whole)
    assert tuple(frame for chunk in chunks for frame in in_chunks.feed(chunk)) == expected
    assert tuple(frame for byte in whole for frame in by_byte.feed(bytes([byte]))) == expected
    assert at_once.half == in_chunks.half == by_byte.half
    assert at_once.flush() == in_chunks.flush() == by_byte.flush()


@given(
    codes=st.lists(
        st.text(st.characters(exclude_characters="\r\n\t\x04", codec="utf-8"), min_size=1), max_size=6
    )
)
def test_every_text_comes_back(codes: list[str]) -> None:
    assert texts("".join(f"{code}\r\n" for code in codes).encode()) == codes


def test_what_is_no_utf8_is_read_as_latin_1_and_says_so() -> None:
    assert decode("Größe".encode()) == ("Größe", "utf-8")
    assert decode("Größe".encode("latin-1")) == ("Größe", "latin-1")
    assert Framer(Framing()).feed(b"\xff\r") == (Frame(b"\xff", "\xff", "latin-1"),)


def test_a_frame_too_long_is_cut_and_says_so_and_the_next_is_whole() -> None:
    framer = Framer(Framing(longest=4))
    assert framer.feed(b"12345") == ()
    assert framer.feed(b"6789\rAB\r") == (
        Frame(b"1234", "1234", "utf-8", cut=True),
        Frame(b"AB", "AB", "utf-8"),
    )


def test_exactly_the_longest_frame_is_not_cut() -> None:
    assert Framer(Framing(longest=4)).feed(b"1234\r") == (Frame(b"1234", "1234", "utf-8"),)


def test_a_half_frame_is_kept_until_it_is_dropped_or_ended() -> None:
    framer = Framer(Framing())
    framer.feed(b"40063")
    assert framer.half == "40063"
    framer.drop()
    assert (framer.half, framer.flush()) == ("", None)
    framer.feed(b"81333")
    assert framer.flush() == Frame(b"81333", "81333", "utf-8")
    assert framer.half == ""
