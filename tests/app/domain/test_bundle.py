from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.bundle import BUNDLE, Content, Manifest, check, salvage
from app.domain.envelope import ChainHead, Envelope, genesis, seal
from app.domain.framing import MAGIC, framed, frames
from app.domain.refusal import Refused
from app.domain.signing import Ed25519Signer
from tests.app.domain.examples import EVIDENCE, SALT, SIGNER, START, STATION, chain_of, event, sealed

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
OTHER = Ed25519Signer(bytes([9] * 32))
CHAIN = chain_of(5)
FRAMES = [framed(one) for one in CHAIN]


def manifest(events: Sequence[Envelope], head: ChainHead | None = None) -> Manifest:
    content = Content()
    for one in events:
        content.add(one)
    return content.manifest(head or events[-1].head, AT, "0.1.0")


def head_of(said: Manifest, signer: Ed25519Signer = SIGNER) -> bytes:
    return BUNDLE + said.line(signer)


HEAD = head_of(manifest(CHAIN))
WHOLE = HEAD + b"".join(FRAMES)


def key_of(station: str) -> bytes:
    if station != STATION:
        raise Refused("bundle.stranger", "read", "expected", "do")
    return SIGNER.public_key


def code(data: bytes) -> str:
    """What `check` refuses it with; nothing for a bundle that it finds whole."""
    try:
        said = check(io.BytesIO(data), key_of)
    except Refused as no:
        return no.code if no.do else "no word of what to do"
    return "" if said is not None else "older"


def test_a_bundle_is_what_its_station_wrote_and_its_events_follow() -> None:
    file = io.BytesIO(WHOLE)
    assert check(file, key_of) == manifest(CHAIN)
    assert [one.header for one in frames(file)] == [one.header for one in CHAIN]


def test_both_forms_are_written_and_read_to_the_byte_as_ever() -> None:
    found = [hashlib.sha256(data).hexdigest() for data in (WHOLE, MAGIC + b"".join(FRAMES))]
    assert found == [
        "708429a5e31886c274b0180ef19b23f7864894534cbd3a5ae8d90f1333b66ff0",
        "eeca277d847bd0dae5dd0e90c2cf2306a6195ac1fa281296aea09d2d79cc4762",
    ]


def test_a_station_with_nothing_recorded_yet_has_a_bundle_too() -> None:
    said = manifest([], START)
    assert (said.first, said.events, said.size) == (0, 0, 0)
    assert check(io.BytesIO(head_of(said)), key_of) == said


def test_a_file_cut_off_anywhere_is_refused_as_cut_off() -> None:
    starts = {len(HEAD) + sum(map(len, FRAMES[:n])) for n in range(5)}
    found = {size: code(WHOLE[:size]) for size in range(1, len(WHOLE))}
    assert set(found.values()) == {"bundle.truncated"}
    assert starts <= set(found)
    assert code(b"") == "framing.strange"


def test_it_says_how_much_of_it_is_there() -> None:
    with pytest.raises(Refused, match=r"ends after 3 whole events\. Expected all 5"):
        check(io.BytesIO(HEAD + b"".join(FRAMES[:3])), key_of)


@pytest.mark.parametrize("bit", [1, 0x20, 0x80])
def test_a_changed_byte_anywhere_is_refused(bit: int) -> None:
    for at in range(len(WHOLE)):
        changed = bytearray(WHOLE)
        changed[at] ^= bit
        found = code(bytes(changed))
        assert found.startswith(("bundle.", "framing.")), (at, found)
        assert at < len(HEAD) or found in {"bundle.changed", "bundle.truncated"}, (at, found)


def test_bytes_put_in_or_taken_out_anywhere_are_refused() -> None:
    draw = random.Random(20261201)
    for _ in range(2000):
        at, more = draw.randrange(len(WHOLE)), draw.randbytes(draw.randrange(1, 40))
        assert code(WHOLE[:at] + more + WHOLE[at:])
        assert code(WHOLE[:at] + WHOLE[at + len(more) :])


@pytest.mark.parametrize(
    ("frames_there", "expected"),
    [
        ([0, 2, 1, 3, 4], "bundle.order"),
        ([1, 2, 3, 4], "bundle.order"),
        ([0, 1, 3, 4], "bundle.order"),
        ([4, 3, 2, 1, 0], "bundle.order"),
        ([0, 1, 1, 2, 3, 4], "bundle.repeated"),
        ([0, 1, 2, 3, 4, 4], "bundle.repeated"),
        ([0, 1, 2, 3, 4, 0], "bundle.repeated"),
        ([0, 1, 2, 3], "bundle.truncated"),
        ([], "bundle.truncated"),
    ],
)
def test_whole_events_in_another_order_or_number_are_refused(frames_there: list[int], expected: str) -> None:
    assert code(HEAD + b"".join(FRAMES[at] for at in frames_there)) == expected


def test_another_event_in_the_place_of_one_is_refused() -> None:
    other = seal(event(9), CHAIN[3].head, EVIDENCE, SIGNER, SALT)
    same_size = replace(CHAIN[4], sig=bytes(64))
    unread = replace(CHAIN[4], header=CHAIN[4].header.replace(b'"v":1', b'"v":9'))
    for last in (other, same_size, unread):
        assert code(HEAD + b"".join([*FRAMES[:4], framed(last)])) == "bundle.changed"


def test_what_stands_behind_the_end_is_refused() -> None:
    assert code(WHOLE + b"\n") == "bundle.longer"
    assert code(WHOLE + framed(sealed(6, CHAIN[4].head))) == "bundle.longer"


def test_a_manifest_of_another_key_station_or_bundle_is_refused() -> None:
    rest, said = b"".join(FRAMES), manifest(CHAIN)
    assert code(head_of(said, OTHER) + rest) == "bundle.signature"
    stranger = replace(said, head=replace(said.head, station_id="0" * 32))
    assert code(head_of(stranger) + rest) == "bundle.stranger"
    assert code(head_of(manifest(CHAIN[:4])) + rest) == "bundle.longer"
    assert code(BUNDLE + rest) == "bundle.manifest"


def test_a_signature_for_another_purpose_is_none() -> None:
    class Astray:
        public_key = SIGNER.public_key

        def sign(self, tag: bytes, message: bytes) -> bytes:
            return SIGNER.sign(b"backhaul/export/manifest/v1\n" if tag else tag, message)

    assert code(BUNDLE + manifest(CHAIN).line(Astray()) + b"".join(FRAMES)) == "bundle.signature"


def test_events_of_another_station_under_ones_own_word_are_refused() -> None:
    start = genesis("0" * 32, 1, OTHER.public_key)
    foreign = seal(event(1), start, EVIDENCE, OTHER, SALT)
    said = manifest([*CHAIN, foreign], CHAIN[-1].head)
    assert code(head_of(said) + b"".join(FRAMES) + framed(foreign)) == "bundle.station"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda said: replace(said, events=4),
        lambda said: replace(said, head=replace(said.head, seq=6)),
        lambda said: replace(said, head=replace(said.head, hash="ab" * 32)),
        lambda said: replace(said, head=replace(said.head, epoch=2)),
    ],
)
def test_a_manifest_that_contradicts_its_own_events_is_refused(wrong: Callable[[Manifest], Manifest]) -> None:
    assert code(head_of(wrong(manifest(CHAIN))) + b"".join(FRAMES)) == "bundle.manifest"


def test_a_form_of_tomorrow_is_named_and_no_other_file_is_taken_for_a_bundle() -> None:
    assert code(WHOLE.replace(b"bundle 1", b"bundle 2", 1)) == "bundle.too_new"
    assert code(b"SQLite format 3\x00" * 9) == "framing.strange"


def test_the_older_form_has_no_manifest_and_is_read_all_the_same() -> None:
    file = io.BytesIO(MAGIC + b"".join(FRAMES))
    assert check(file, key_of) is None
    assert len(list(frames(file))) == 5


@pytest.mark.parametrize("at", [0, len(BUNDLE), len(HEAD) - 1, len(HEAD) + 3, len(HEAD) + 60])
def test_what_is_whole_in_a_damaged_bundle_can_still_be_had(at: int) -> None:
    changed, places = bytearray(WHOLE), list[int]()
    changed[at] ^= 1
    file = io.BytesIO(changed)
    salvage(file)
    found = [one.header for one in frames(file, places.append)]
    expected = CHAIN if at < len(HEAD) else CHAIN[1:]
    assert found == [one.header for one in expected]
    assert places == {0: [], len(BUNDLE): [len(BUNDLE)], len(HEAD) - 1: [len(BUNDLE)]}.get(at, [len(HEAD)])


def test_the_older_form_is_salvaged_from_its_first_event() -> None:
    file = io.BytesIO(MAGIC + b"".join(FRAMES))
    salvage(file)
    assert len(list(frames(file))) == 5
