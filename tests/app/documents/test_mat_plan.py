from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.bars import QUIET, symbol
from app.documents.mat_plan import (
    MARGIN,
    Cell,
    MatCode,
    MatGroup,
    MatPlan,
    Panel,
    Paper,
    bars_x,
    plan,
)
from app.domain.refusal import Refused
from app.scanning.commands import Word, payload

ALL = [MatCode(word.name, payload(word)) for word in Word]

groups = st.lists(
    st.lists(st.sampled_from(ALL), min_size=1, max_size=8).map(lambda codes: MatGroup("Group", codes)),
    min_size=1,
    max_size=4,
)
papers = st.sampled_from(Paper)


def cells(laid_out: MatPlan) -> list[Cell]:
    return [cell for page in laid_out.pages for panel in page for cell in panel.cells]


def apart(boxes: Sequence[Cell | Panel]) -> bool:
    return all(
        one.x + one.width <= two.x + 1e-6
        or two.x + two.width <= one.x + 1e-6
        or one.top + one.height <= two.top + 1e-6
        or two.top + two.height <= one.top + 1e-6
        for one, two in combinations(boxes, 2)
    )


@given(groups, papers)
def test_every_command_is_placed_once_in_order_and_inside_its_sheet(
    wanted: list[MatGroup], paper: Paper
) -> None:
    laid_out = plan(wanted, paper)
    assert [cell.code for cell in cells(laid_out)] == [code for group in wanted for code in group.codes]
    assert len(laid_out.pages) <= paper.sheets
    width, height = paper.size
    for page in laid_out.pages:
        assert apart(page)
        for panel in page:
            assert apart(panel.cells)
            assert panel.x >= MARGIN - 1e-6
            assert panel.x + panel.width <= width - MARGIN + 1e-6
            assert panel.top + panel.height <= height - MARGIN + 1e-6
            for cell in panel.cells:
                assert panel.x <= cell.x
                assert cell.x + cell.width <= panel.x + panel.width + 1e-6
                assert cell.top + cell.height <= panel.top + panel.height + 1e-6


@given(groups, papers)
def test_bars_are_wide_enough_and_quiet_zones_lie_in_their_own_cell(
    wanted: list[MatGroup], paper: Paper
) -> None:
    laid_out = plan(wanted, paper)
    assert laid_out.module >= 0.33
    for cell in cells(laid_out):
        quiet = QUIET * laid_out.module - 1e-6
        start = bars_x(cell, laid_out.module)
        assert start - cell.x >= quiet
        assert cell.x + cell.width - start - symbol(cell.code.payload).modules * laid_out.module >= quiet


def test_few_commands_get_wider_bars_than_many() -> None:
    few = plan([MatGroup("Flow", ALL[:3])])
    many = plan([MatGroup(str(n), ALL[n : n + 8]) for n in range(0, 64, 8)])
    assert few.module > many.module >= 0.33


def test_all_64_commands_fit_on_one_a3_sheet_with_lower_bars() -> None:
    laid_out = plan([MatGroup(str(n), ALL[n : n + 8]) for n in range(0, 64, 8)])
    assert len(laid_out.pages) == 1
    assert all(cell.height >= 20 for cell in cells(laid_out))


def test_a_group_is_never_torn_between_sheets() -> None:
    wanted = [MatGroup("Answers", ALL[:15]), MatGroup("Digits", ALL[15:30])]
    for page, group in zip(plan(wanted, Paper.A4_PAIR).pages, wanted, strict=True):
        assert [panel.title for panel in page] == [group.title]


def test_more_than_the_paper_holds_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        plan([MatGroup("All", ALL), MatGroup("Again", ALL)], Paper.A4_PAIR)
    assert refused.value.code == "mat.full"
    assert "128" in refused.value.read


@pytest.mark.parametrize("wanted", [[], [MatGroup("Nothing", [])]])
def test_an_empty_mat_is_refused(wanted: list[MatGroup]) -> None:
    with pytest.raises(Refused) as refused:
        plan(wanted)
    assert refused.value.code == "mat.empty"


def test_empty_groups_leave_no_panel() -> None:
    (page,) = plan([MatGroup("Flow", ALL[:3]), MatGroup("Nothing", [])]).pages
    assert [panel.title for panel in page] == ["Flow"]
