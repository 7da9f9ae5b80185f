"""A sealed key opens by PIN, badge and station together, and by nothing less."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.approvals.wrapping import (
    BADGE_SIZE,
    NONCE_SIZE,
    PEPPER_SIZE,
    SALT_SIZE,
    Secrets,
    WrappedKey,
    unwrap,
    wrap,
)
from tests.app.vault.test_stretching import CHEAP

SEED = bytes(range(32))
SECRETS = Secrets(b"b" * BADGE_SIZE, b"p" * PEPPER_SIZE)
NOISE = bytes(range(SALT_SIZE + NONCE_SIZE))
SEALED = wrap(SEED, ("RUTH", "bench-1"), ("271828", SECRETS), CHEAP, NOISE)


def opened(
    sealed: WrappedKey = SEALED, station: str = "bench-1", pin: str = "271828", secrets: Secrets = SECRETS
) -> bytearray | None:
    return unwrap(sealed, station, (pin, secrets), CHEAP)


def altered(part: str, other: bytes) -> WrappedKey:
    changed: dict[str, Any] = {part: other}
    return replace(SEALED, **changed)


def test_all_together_open_it() -> None:
    assert opened() == bytearray(SEED)
    assert SEED not in SEALED.sealed


def test_pin_only() -> None:
    assert opened(secrets=Secrets(bytes(BADGE_SIZE), bytes(PEPPER_SIZE))) is None


def test_badge_only() -> None:
    assert opened(pin="000000") is None


def test_pin_and_badge_without_the_pepper() -> None:
    assert opened(secrets=Secrets(SECRETS.badge, bytes(PEPPER_SIZE))) is None


def test_pin_and_pepper_without_the_badge() -> None:
    assert opened(secrets=Secrets(bytes(BADGE_SIZE), SECRETS.pepper)) is None


def test_a_blob_that_was_copied_to_another_computer() -> None:
    assert opened(station="bench-2") is None
    assert opened(replace(SEALED, station="bench-2"), station="bench-2") is None


def test_a_blob_under_another_name() -> None:
    assert opened(replace(SEALED, approver="OMAR")) is None


def test_names_that_run_together_are_two() -> None:
    sealed = wrap(SEED, ("A", "B|C"), ("271828", SECRETS), CHEAP, NOISE)
    assert opened(replace(sealed, approver="A|B"), station="C") is None


def test_another_public_key_beside_it() -> None:
    assert opened(replace(SEALED, public_key=bytes(32))) is None


@given(st.sampled_from(["salt", "nonce", "sealed"]), st.integers(0, 11), st.integers(1, 255))
def test_a_changed_byte(part: str, place: int, change: int) -> None:
    changed = bytearray(getattr(SEALED, part))
    changed[place] ^= change
    assert opened(altered(part, bytes(changed))) is None


@pytest.mark.parametrize("part", ["nonce", "sealed"])
def test_a_part_that_was_cut(part: str) -> None:
    assert opened(altered(part, b"")) is None
    assert opened(altered(part, getattr(SEALED, part)[:-1])) is None


def test_secrets_that_are_too_short_are_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="badge"):
        Secrets(b"short", SECRETS.pepper)
    with pytest.raises(ValueError, match="noise"):
        wrap(SEED, ("RUTH", "bench-1"), ("271828", SECRETS), CHEAP, b"")
