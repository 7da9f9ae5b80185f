import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.documents.label import LabelStock, UnitLabel
from app.domain.refusal import Refused
from tests.app.documents.samples import KETTLE


@pytest.mark.parametrize("code", ["", "L 07", "Ł07-1-K", "L07\n", "x" * 49, "\u0661\u0662"])
def test_a_code_that_bars_cannot_carry_is_refused(code: str) -> None:
    with pytest.raises(Refused) as refused:
        replace(KETTLE, code=code)
    assert refused.value.code == "label.code"


@pytest.mark.parametrize("quantity", [0, -1, 1_000_000])
def test_a_quantity_nobody_can_hold_is_refused(quantity: int) -> None:
    with pytest.raises(Refused, match=str(quantity)):
        replace(KETTLE, quantity=quantity)


@pytest.mark.parametrize(
    ("blank", "field"),
    [
        (lambda: replace(KETTLE, headline=" \t"), "headline"),
        (lambda: replace(KETTLE, station=""), "station"),
        (lambda: replace(KETTLE, item_name="\n"), "item name"),
        (lambda: replace(KETTLE, sku=" "), "SKU"),
    ],
)
def test_a_blank_that_a_person_needs_is_refused_by_name(blank: Callable[[], UnitLabel], field: str) -> None:
    with pytest.raises(Refused, match=f"blank {field}") as refused:
        blank()
    assert refused.value.code == "label.blank"


def test_a_holding_label_may_lack_the_item_but_not_the_headline() -> None:
    unknown = replace(KETTLE, holding=True, item_name="", sku="", place="")
    assert unknown.sku == ""
    with pytest.raises(Refused):
        replace(unknown, headline="")


@pytest.mark.parametrize(
    ("date", "day"),
    [
        (dt.date(2026, 11, 22), "22 Nov 2026"),
        (dt.date(2027, 1, 5), "5 Jan 2027"),
        (dt.date(2027, 12, 31), "31 Dec 2027"),
    ],
)
def test_the_day_reads_the_same_on_every_machine(date: dt.date, day: str) -> None:
    assert replace(KETTLE, date=date).day == day


def test_marks_name_what_is_not_an_original() -> None:
    assert KETTLE.marks == ()
    assert replace(KETTLE, copy=True).marks == ("COPY",)
    assert replace(KETTLE, copy=True, training=True).marks == ("TRAINING", "COPY")


@pytest.mark.parametrize(
    ("width", "height", "dpi"),
    [(37, 32, 203), (57, 19, 203), (217, 32, 203), (57, 306, 203), (57, 32, 72), (57, 32, 1200)],
)
def test_stock_no_label_printer_has_is_refused(width: float, height: float, dpi: int) -> None:
    with pytest.raises(Refused) as refused:
        LabelStock(width, height, dpi)
    assert refused.value.code == "label.stock"


def test_stock_counts_whole_dots() -> None:
    assert (LabelStock(57, 32, 203).width_dots, LabelStock(57, 32, 203).height_dots) == (456, 256)
    assert (LabelStock(101.6, 152.4, 300).width_dots, LabelStock(101.6, 152.4, 300).height_dots) == (
        1200,
        1800,
    )
