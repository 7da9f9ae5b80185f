from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.digests import digest_of
from app.domain.refusal import Refused
from sync.wire import codec
from sync.wire.attachments import (
    Ask,
    Have,
    Held,
    Place,
    kind_of,
    piece_target,
    require_digest,
    require_size,
)
from sync.wire.protocol import MAX_ASKED, MAX_ATTACHMENT

DIGESTS = st.binary(max_size=4).map(digest_of)
HAVES = st.builds(Have, st.sampled_from(list(Place)), st.integers(0, MAX_ATTACHMENT))


@given(st.lists(DIGESTS, max_size=5), st.lists(DIGESTS, max_size=5))
def test_a_question_reads_as_it_was_written(digests: list[str], lost: list[str]) -> None:
    asked = Ask(tuple(digests), tuple(lost))
    assert Ask.from_json(codec.decode(codec.encode(asked.to_json()), "asked")) == asked


@given(st.integers(1, 9), st.dictionaries(DIGESTS, HAVES, max_size=5))
def test_an_answer_reads_as_it_was_written(gen: int, have: dict[str, Have]) -> None:
    held = Held(gen, have)
    assert Held.from_json(codec.decode(codec.encode(held.to_json()), "held")) == held


def test_more_than_a_question_holds_is_too_large() -> None:
    many = tuple(digest_of(bytes([n])) for n in range(MAX_ASKED + 1))
    for asked in (Ask(many), Ask(many[:60], many[60:])):
        with pytest.raises(codec.TooLarge):
            Ask.from_json(codec.decode(codec.encode(asked.to_json()), "asked"))


@pytest.mark.parametrize("name", ["", "x", "../" + "0" * 61, "A" * 64])
def test_what_is_no_digest_names_no_attachment(name: str) -> None:
    with pytest.raises(Refused) as no:
        require_digest(name)
    assert no.value.code == "attachment.name"
    with pytest.raises(Refused):
        Ask.from_json(codec.decode(codec.encode(Ask((name,)).to_json()), "asked"))


def test_a_place_of_another_version_is_refused() -> None:
    with pytest.raises(Refused) as no:
        Have.from_json(codec.decode(b'{"place":"moon","have":0}', "have"))
    assert no.value.code == "wire.unknown_word"


def test_sizes_are_bounded() -> None:
    require_size(1)
    require_size(MAX_ATTACHMENT)
    for size in (0, -1, MAX_ATTACHMENT + 1):
        with pytest.raises(Refused) as no:
            require_size(size)
        assert no.value.code == "attachment.size"


def test_kinds_are_told_by_their_first_bytes() -> None:
    assert kind_of(b"\x89PNG\r\n\x1a\n...") == "image/png"
    assert kind_of(b"\xff\xd8\xff\xe0...") == "image/jpeg"
    for other in (b"", b"GIF89a", b"<html>", b"\x89PNG", b"<svg xmlns="):
        assert kind_of(other) is None


def test_a_piece_says_in_its_address_where_it_belongs() -> None:
    name = "0" * 64
    assert piece_target(name, 5, 9) == f"/v1/sync/attachments/{name}?offset=5&size=9"
