from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.theme.scale import LARGEST, SMALLEST, STEPS, Scale, next_step

PERCENTS = st.integers(SMALLEST, LARGEST)


@given(PERCENTS, st.integers(1, 200))
def test_texts_always_grow_in_full(percent: int, px: int) -> None:
    for scale in (Scale(percent), Scale(percent).softened()):
        assert scale.text(px) == px * percent / 100


@given(PERCENTS, st.integers(1, 200))
def test_soft_sizes_never_shrink_and_never_pass_full_ones(percent: int, px: int) -> None:
    full, soft = Scale(percent), Scale(percent, soft=True)
    assert px <= soft.size(px) <= full.size(px)
    assert px <= soft.gap(px) <= full.gap(px)


def test_the_frame_is_straight_between_its_ends() -> None:
    assert [Scale(percent).frame((96, 160)) for percent in (100, 150, 200)] == [96, 128, 160]


@pytest.mark.parametrize("percent", [99, 201, 0, -100])
def test_other_percentages_are_refused(percent: int) -> None:
    with pytest.raises(ValueError, match=r"from 100 to 200"):
        Scale(percent)


@given(PERCENTS)
def test_steps_move_towards_their_end_and_stop_there(percent: int) -> None:
    assert next_step(percent, 1) > percent or percent == LARGEST
    assert next_step(percent, -1) < percent or percent == SMALLEST
    assert next_step(percent, 1) in STEPS
