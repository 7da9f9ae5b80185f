from __future__ import annotations

import pytest

from app.domain.approvals.badge import badge_digest


def test_each_badge_has_a_name_of_its_own_that_is_not_the_secret() -> None:
    one, other = badge_digest(bytes(16)), badge_digest(bytes(15) + b"\x01")
    assert one != other
    assert len(one) == 64
    assert bytes(16).hex() not in one


@pytest.mark.parametrize("size", [0, 4, 15, 17])
def test_a_secret_that_could_be_found_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="16 are needed"):
        badge_digest(bytes(size))
