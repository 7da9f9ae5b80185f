from __future__ import annotations

import contextlib
import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusal import Refused
from sync.wire import codec
from tests.app.domain.examples import json_values, texts


@given(st.dictionaries(texts.filter(bool), json_values, max_size=5))
def test_what_is_written_reads_back(document: dict[str, object]) -> None:
    assert codec.decode(codec.encode(document), "x").raw() == document


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    with contextlib.suppress(Refused):
        codec.decode(data, "x")
    with contextlib.suppress(Refused):
        codec.unpack(data, "gzip", 1000)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"1",
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-1e999}',
        b"\xff",
        b"[" * 100_000,
        b'{"a":"\\ud800"}',
        b'{"\\udfff":1}',
        b'{"a":"\xed\xa0\x80"}',
        '{"a":1}'.encode("utf-16"),
        b'{"a":' * 101 + b"1" + b"}" * 101,
        b'{"a":[' * 51 + b"1" + b"]}" * 51,
        b'{"a":"[","b":' + b"[" * 100 + b"]" * 100 + b"}",
    ],
)
def test_what_is_not_one_plain_object_is_refused(body: bytes) -> None:
    with pytest.raises(Refused, match="some message") as no:
        codec.decode(body, "some message")
    assert no.value.code == "wire.unreadable"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"a":"\\ud83d\\ude00"}', "\U0001f600"),
        (b'{"a":1.5e3}', 1500.0),
        (b'{"a":"' + b"[" * 1000 + b'"}', "[" * 1000),
    ],
)
def test_whole_pairs_floats_and_brackets_in_texts_are_read(body: bytes, found: object) -> None:
    assert codec.decode(body, "x").raw() == {"a": found}


def test_as_many_levels_as_stated_are_read() -> None:
    codec.decode(b'{"a":' * 100 + b"1" + b"}" * 100, "x")


@given(st.binary(max_size=5000))
def test_packed_bodies_unpack(body: bytes) -> None:
    packed, headers = codec.pack(body)
    assert codec.unpack(packed, headers.get("content-encoding", ""), 5000) == body
    assert (len(body) < 1024) is (packed == body)


def test_packing_is_the_same_every_time() -> None:
    assert codec.pack(b"a" * 5000) == codec.pack(b"a" * 5000)


def test_a_swelling_archive_stops_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000, mtime=0)
    assert len(bomb) < 100_000
    tracemalloc.start()
    with pytest.raises(codec.TooLarge):
        codec.unpack(bomb, "gzip", 1 << 20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000


def test_the_limit_itself_still_passes() -> None:
    assert codec.unpack(gzip.compress(b"a" * 100, mtime=0), "gzip", 100) == b"a" * 100
    assert codec.unpack(b"a" * 100, "identity", 100) == b"a" * 100
    for body, encoding in ((gzip.compress(b"a" * 101, mtime=0), "gzip"), (b"a" * 101, "")):
        with pytest.raises(codec.TooLarge):
            codec.unpack(body, encoding, 100)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"not gzip", "gzip"), (gzip.compress(b"a" * 99, mtime=0)[:-3], "gzip"), (b"x", "br"), (b"", "gzip")],
)
def test_broken_archives_and_other_encodings_are_refused(body: bytes, encoding: str) -> None:
    with pytest.raises(Refused) as no:
        codec.unpack(body, encoding, 1000)
    assert no.value.code == "wire.unreadable"
