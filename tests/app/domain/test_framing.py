from __future__ import annotations

import io

import pytest

from app.domain.envelope import reopen
from app.domain.framing import MAGIC, framed, unframed
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


@pytest.mark.parametrize("start", [b"", b"backhaul", b"SQLite format 3\x00" * 9])
def test_another_file_is_refused(start: bytes) -> None:
    with pytest.raises(Refused) as no:
        list(unframed(io.BytesIO(start)))
    assert no.value.code == "framing.strange"
