"""Signatures: over exactly tag and message, by exactly one key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.signing import EVENT_TAG, KEY_SIZE, Ed25519Signer, Signer, Verifier
from tests.app.domain.examples import SIGNER, VERIFIER


def test_the_published_example() -> None:
    # RFC 8032 section 7.1, test 2: one byte, here split between no tag and the message.
    signer = Ed25519Signer(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert signer.public_key.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert signer.sign(b"", b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


@given(st.binary())
def test_a_signature_holds_for_its_message(message: bytes) -> None:
    signer: Signer = SIGNER
    signature = signer.sign(EVENT_TAG, message)
    assert len(signer.public_key) == KEY_SIZE
    assert len(signature) == 64
    assert Verifier(signer.public_key).holds(EVENT_TAG, message, signature)


@given(st.binary(min_size=1), st.data())
def test_any_changed_bit_is_found(message: bytes, data: st.DataObject) -> None:
    signature = SIGNER.sign(EVENT_TAG, message)
    whole = message + signature
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    changed = (int.from_bytes(whole, "big") ^ 1 << bit).to_bytes(len(whole), "big")
    assert not VERIFIER.holds(EVENT_TAG, changed[:-64], changed[-64:])


def test_a_signature_for_one_purpose_does_not_pass_for_another() -> None:
    signature = SIGNER.sign(EVENT_TAG, b"facts")
    assert not VERIFIER.holds(b"backhaul/request/v1\n", b"facts", signature)


def test_another_key_does_not_hold() -> None:
    other = Ed25519Signer(bytes(KEY_SIZE))
    assert not VERIFIER.holds(EVENT_TAG, b"facts", other.sign(EVENT_TAG, b"facts"))


@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(65)])
def test_a_signature_of_another_size_does_not_hold(signature: bytes) -> None:
    assert not VERIFIER.holds(EVENT_TAG, b"facts", signature)
