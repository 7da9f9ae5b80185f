"""What stands in for signatures refuses what they would: other bytes, other keys, other purposes."""

from __future__ import annotations

import pytest

from app.domain.signing import EVENT_TAG, Ed25519Signer, Verifier
from tests.simulator.signing import Signing, signing


@pytest.mark.parametrize("how", list(Signing))
def test_only_the_key_that_signed_holds(how: Signing) -> None:
    with signing(how):
        signer, other = Ed25519Signer(bytes(32)), Ed25519Signer(bytes([1] * 32))
        sig = signer.sign(EVENT_TAG, b"a mug came back")
        assert Verifier(signer.public_key).holds(EVENT_TAG, b"a mug came back", sig)
        assert not Verifier(signer.public_key).holds(EVENT_TAG, b"two mugs came back", sig)
        assert not Verifier(signer.public_key).holds(b"another purpose", b"a mug came back", sig)
        assert not Verifier(other.public_key).holds(EVENT_TAG, b"a mug came back", sig)


def test_the_real_ones_are_back_afterwards() -> None:
    real = Ed25519Signer(bytes(32)).public_key
    with signing(Signing.STANDIN):
        assert Ed25519Signer(bytes(32)).public_key != real
    assert Ed25519Signer(bytes(32)).public_key == real
