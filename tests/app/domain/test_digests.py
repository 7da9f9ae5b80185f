from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.digests import digest_of, is_digest, photos_named

A, B = digest_of(b"a"), digest_of(b"b")


@given(st.binary(max_size=99))
def test_every_digest_is_one(data: bytes) -> None:
    assert digest_of(data) == hashlib.sha256(data).hexdigest()
    assert is_digest(digest_of(data))


@pytest.mark.parametrize(
    "text", ["", A[:-1], A + "0", A.upper(), f"{A}\n", f"../{A}", "\u0661" * 64, None, 7]
)
def test_nothing_else_is(text: object) -> None:
    assert not is_digest(text)


def test_the_photos_of_an_event_are_each_named_once_and_odd_ones_are_told() -> None:
    assert photos_named({"photos": [B, A, B]}) == ([B, A], [])
    assert photos_named({"photos": [A, "x", 7]}) == ([A], ["x", "7"])
    assert photos_named({"photos": A}) == ([A], [])
    nothings: list[object] = [{}, {"photos": None}, {"photos": []}, None, []]
    for nothing in nothings:
        assert photos_named(nothing) == ([], [])
