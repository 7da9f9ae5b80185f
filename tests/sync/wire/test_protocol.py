from __future__ import annotations

import pytest

from app.domain.envelope import MAX_SIZE
from app.domain.fields import Fields
from app.domain.refusal import Refused
from sync.wire.protocol import MAX_BATCH, MAX_BODY, SPOKEN, Versions


@pytest.mark.parametrize(
    ("ours", "theirs", "meet"),
    [((1, 1), (1, 1), True), ((1, 2), (2, 4), True), ((3, 4), (1, 3), True), ((1, 1), (2, 3), False)],
)
def test_sides_meet_when_one_version_is_spoken_by_both(
    ours: tuple[int, int], theirs: tuple[int, int], *, meet: bool
) -> None:
    assert Versions(*ours).meets(Versions(*theirs)) is meet
    assert Versions(*theirs).meets(Versions(*ours)) is meet


def test_versions_travel() -> None:
    assert Versions.from_json(Fields(SPOKEN.to_json(), "hello")) == SPOKEN
    with pytest.raises(Refused, match="min"):
        Versions.from_json(Fields({"min": 0, "max": 1}, "hello"))


def test_the_largest_event_fits_into_a_batch_of_its_own_whatever_its_escaping_costs() -> None:
    # JSON inside JSON: every quote and backslash doubles, nothing else grows.
    assert MAX_SIZE <= MAX_BATCH
    assert 2 * MAX_SIZE + 4096 < MAX_BODY
