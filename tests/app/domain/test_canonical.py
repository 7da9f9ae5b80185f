"""Canonical JSON against an independent implementation, and everything it refuses."""

from __future__ import annotations

import json
import unicodedata
from types import MappingProxyType

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.domain import canonical
from app.domain.fields import EXACT_MAX
from app.domain.refusal import Refused
from app.domain.returns import LineState
from tests.app.domain.examples import json_values

hard_texts = st.text(
    st.characters(categories=["Cc"])
    | st.sampled_from('"\\/\x7f\u2028\u2029\ufeffé木😀𝄞')
    | st.characters(codec="utf-8")
)


@given(json_values)
def test_the_bytes_are_those_of_an_independent_implementation(value: object) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)  # type: ignore[arg-type]  # any JSON value


@given(st.dictionaries(st.text(st.characters(codec="ascii")), hard_texts))
def test_hard_texts_are_written_alike(value: dict[str, str]) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)


def test_every_sign_of_the_basic_plane_is_written_alike() -> None:
    every = "".join(chr(n) for n in range(0x11000) if unicodedata.category(chr(n)) != "Cs")
    assert canonical.encode(every) == rfc8785.dumps(every)


@given(json_values)
def test_what_was_written_is_read_back(value: object) -> None:
    written = canonical.encode(value)
    assert canonical.decode(written) == value
    assert canonical.encode(canonical.decode(written)) == written


def test_tuples_and_our_own_words_are_plain_json() -> None:
    assert canonical.encode({"b": (1, LineState.CLOSED), "a": None}) == b'{"a":null,"b":[1,"closed"]}'


def nested(levels: int) -> object:
    found: object = 1
    for _ in range(levels):
        found = [found]
    return found


CIRCLE: list[object] = []
CIRCLE.append(CIRCLE)


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        EXACT_MAX + 1,
        -EXACT_MAX - 1,
        1 << 20_000,
        "\ud800",
        {"\udc00": 1},
        {"é": 1},
        {1: 2},
        b"bytes",
        {"set"},
        [{"deep": [object()]}],
        nested(canonical.MAX_DEPTH + 1),
        {"long" * 10**5 + "é": 1},
        MappingProxyType({"a": 1}),
        CIRCLE,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_fact_cannot_be_written(value: object) -> None:
    with pytest.raises(Refused, match="canonical JSON") as no:
        canonical.encode(value)
    assert no.value.code == "canonical.unfit"
    assert len(no.value.read) < 100


def test_the_limits_themselves_are_exact_and_deep_enough() -> None:
    for value in (EXACT_MAX, -EXACT_MAX, nested(canonical.MAX_DEPTH)):
        assert canonical.decode(canonical.encode(value)) == value


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[1,]",
        b"1.0",
        b"1e3",
        b"NaN",
        b"-Infinity",
        b'{"a":1,"a":1}',
        b'[{"x":{"a":1,"a":2}}]',
        b'"\\ud800"',
        b'{"\\udc00":1}',
        b'{"\\u00e9":1}',
        b'"\xed\xa0\x80"',
        b"\xff",
        b'\xef\xbb\xbf"text after a mark"',
        '"another encoding"'.encode("utf-16"),
        b"9007199254740992",
        b"1" * 5000,
        b"[" * 65 + b"]" * 65,
        b"[" * 100_000,
    ],
    ids=lambda data: repr(data[:20]),
)
def test_what_could_not_be_written_is_not_read(data: bytes) -> None:
    with pytest.raises(Refused) as no:
        canonical.decode(data)
    assert no.value.code == "canonical.unfit"
    assert len(no.value.read) < 300


def test_an_escape_that_is_whole_is_read() -> None:
    assert canonical.decode(b'"\\ud83d\\ude00 \\u0000"') == "😀 \x00"


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = canonical.decode(data)
    except Refused:
        return
    assert json.loads(data) == value
    assert canonical.decode(canonical.encode(value)) == value
