from __future__ import annotations

import io

import pytest

from app.domain.envelope import reopen
from app.domain.framing import MAGIC, cut_short, framed, unframed
from app.domain.refusal import Refused
from tests.app.domain.examples import chain_of, sealed


def test_events_come_back_byte_for_byte() -> None:
    events = [*chain_of(3), sealed(private=None)]
    file = io.BytesIO(MAGIC + b"".join(map(framed, events)))
    found = [reopen(one.header, one.facts, one.private, one.salt, one.sig) for one in unframed(file)]
    assert found == events
    assert file.read() == b""


def test_a_file_torn_anywhere_is_read_up_to_there_and_goes_on_from_there() -> None:
    frames = [framed(envelope) for envelope in chain_of(2)]
    whole = MAGIC + b"".join(frames)
    for size in range(len(MAGIC), len(whole)):
        file = io.BytesIO(whole[:size])
        assert len(list(unframed(file))) == (1 if size >= len(MAGIC) + len(frames[0]) else 0)
        assert file.tell() in {len(MAGIC), len(MAGIC) + len(frames[0])}


@pytest.mark.parametrize("at", [0, 10, 40, -1])
def test_a_changed_byte_ends_it_there(at: int) -> None:
    first, second = (bytearray(framed(envelope)) for envelope in chain_of(2))
    second[at] ^= 1
    assert len(list(unframed(io.BytesIO(MAGIC + first + second)))) == 1


@pytest.mark.parametrize("at", [0, 1, 3, 10, 40, -1])
def test_a_damaged_frame_is_stepped_over_where_that_is_asked_for(at: int) -> None:
    frames = [bytearray(framed(envelope)) for envelope in chain_of(4)]
    frames[1][at] ^= 1
    file, places = io.BytesIO(MAGIC + b"".join(frames)), list[int]()
    found = [reopen(o.header, o.facts, o.private, o.salt, o.sig).seq for o in unframed(file, places.append)]
    assert (found, places) == ([1, 3, 4], [len(MAGIC) + len(frames[0])])
    assert file.read() == b""


@pytest.mark.parametrize("at", [0, 1, 3, 10, 40, -1])
def test_only_one_frame_that_the_end_cuts_off_may_be_written_over(at: int) -> None:
    first, *others = [framed(envelope) for envelope in chain_of(3)]
    damaged = bytearray(others[0])
    damaged[at] ^= 1
    for size in range(len(others[0])):
        file = io.BytesIO(MAGIC + first + others[0][:size])
        assert len(list(unframed(file))) == 1
        assert cut_short(file)
        assert file.tell() == len(MAGIC + first)
    file = io.BytesIO(MAGIC + first + damaged + others[1])
    assert len(list(unframed(file))) == 1
    assert not cut_short(file)


@pytest.mark.parametrize("start", [b"", b"backhaul", b"SQLite format 3\x00" * 9])
def test_another_file_is_refused(start: bytes) -> None:
    with pytest.raises(Refused) as no:
        list(unframed(io.BytesIO(start)))
    assert no.value.code == "framing.strange"
