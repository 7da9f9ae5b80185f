"""UUIDv7: version, variant and time stand where RFC 9562 puts them."""

from __future__ import annotations

from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import uuid7

noises = st.binary(min_size=10, max_size=10)


def test_the_example_of_the_standard() -> None:
    # RFC 9562 appendix A.6: 2022-02-22 19:22:22 UTC, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F.
    noise = (0xCC3 << 68 | 0x18C4DC0C0C07398F).to_bytes(10, "big")
    assert uuid7(0x017F22E279B0, noise) == UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")


@given(st.integers(0, 2**48 - 1), noises)
def test_version_variant_and_time(now_ms: int, noise: bytes) -> None:
    made = uuid7(now_ms, noise)
    assert (made.version, made.variant, made.int >> 80) == (7, RFC_4122, now_ms)


@given(st.integers(0, 2**48 - 2), noises, noises)
def test_later_ids_sort_later(now_ms: int, noise: bytes, other: bytes) -> None:
    assert str(uuid7(now_ms, noise)) < str(uuid7(now_ms + 1, other))


@given(st.integers(0, 73), noises)
def test_every_bit_of_noise_that_fits_counts(bit: int, noise: bytes) -> None:
    # 12 bits of rand_a at the top, 62 of rand_b at the bottom of the 80 handed in.
    place = bit if bit < 62 else bit + 6
    flipped = (int.from_bytes(noise, "big") ^ 1 << place).to_bytes(10, "big")
    assert uuid7(1, noise) != uuid7(1, flipped)


def test_too_little_noise_is_a_defect() -> None:
    with pytest.raises(ValueError, match="9 bytes of noise"):
        uuid7(1, bytes(9))
