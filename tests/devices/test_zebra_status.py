"""Replies to the error query, as plain causes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.printer import Cause
from devices.zebra_status import Status, is_complete, parse


def reply(low: str, flag: int = 1) -> bytes:
    return (
        f"\x02\r\n  PRINTER STATUS\r\n  ERRORS:         {flag} 00000000 {low}\r\n"
        "  WARNINGS:       1 00000000 00000001\r\n\x03"
    ).encode()


@pytest.mark.parametrize(
    ("low", "cause"),
    [
        ("00000001", Cause.OUT_OF_LABELS),
        ("00000002", Cause.OUT_OF_RIBBON),
        ("00000004", Cause.COVER_OPEN),
        ("00000008", Cause.CUTTER),
        ("00010000", Cause.PAUSED),
        ("00000005", Cause.COVER_OPEN),
        ("00010001", Cause.OUT_OF_LABELS),
        ("00010004", Cause.COVER_OPEN),
        ("00000020", Cause.STOPPED),
    ],
)
def test_error_bits(low: str, cause: Cause) -> None:
    assert parse(reply(low)) == Status(cause, f"errors 1 00000000 {low}")


def test_no_error_prints_even_with_a_warning() -> None:
    assert parse(reply("00000000", flag=0)) == Status(None, "errors 0 00000000 00000000")


def test_a_reply_is_complete_with_its_warnings() -> None:
    whole = reply("00000001")
    assert is_complete(whole)
    assert not is_complete(whole.partition(b"WARNINGS")[0])


@given(noise=st.binary(max_size=200))
def test_other_replies_are_not_understood(noise: bytes) -> None:
    assert parse(noise) is None
    assert not is_complete(noise)
    found = parse(noise + reply("00000002"))
    assert found is not None
    assert found.cause is Cause.OUT_OF_RIBBON
