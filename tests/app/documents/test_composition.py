from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.bars import QUIET, symbol
from app.documents.composition import Align, Composition, TextLine, compose
from app.documents.label import BENCH_STOCK, PARCEL_STOCK, LabelStock, UnitLabel
from app.documents.label_zpl import printer_font
from app.documents.lettering import Face
from app.documents.typeface import inter
from app.domain.refusal import Refused
from tests.app.documents.samples import KETTLE, STOCKS, human_codes, labels

Box = tuple[float, float, float, float]

stocks = st.sampled_from(STOCKS)
faces = st.sampled_from((inter, printer_font))


def text_box(line: TextLine, face: Face) -> Box:
    """Left, top, right and bottom of a line, from the tops of its capitals to its baseline."""
    wide = face.width(line.text, bold=line.bold) * line.em
    left = line.x - wide if line.align is Align.RIGHT else line.x
    return left, line.baseline - face.cap * line.em, left + wide, line.baseline


def bars_box(laid_out: Composition) -> Box:
    """The symbol with its quiet zones."""
    bars = laid_out.bars
    quiet = QUIET * bars.module
    wide = symbol(bars.code).modules * bars.module
    return bars.x - quiet, bars.top, bars.x + wide + quiet, bars.top + bars.height


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def said(laid_out: Composition) -> list[str]:
    return [line.text for line in laid_out.texts]


@given(labels(human_codes), stocks, faces)
def test_everything_stands_apart_and_inside(label: UnitLabel, stock: LabelStock, choose: type[Face]) -> None:
    face = choose()
    laid_out = compose(label, stock, face)
    boxes = [text_box(line, face) for line in laid_out.texts]
    boxes.append(bars_box(laid_out))
    for left, top, right, bottom in boxes:
        assert left >= 0
        assert top >= 0
        assert right <= laid_out.width
        assert bottom <= laid_out.height
    for one, other in combinations(boxes, 2):
        assert not overlap(one, other)


@given(labels(human_codes), stocks, faces)
def test_white_stands_on_black_and_black_never_does(
    label: UnitLabel, stock: LabelStock, choose: type[Face]
) -> None:
    face = choose()
    laid_out = compose(label, stock, face)
    blocks = [(b.x, b.top, b.x + b.width, b.top + b.height) for b in laid_out.blocks]
    assert not any(overlap(bars_box(laid_out), block) for block in blocks)
    for line in laid_out.texts:
        left, top, right, bottom = text_box(line, face)
        on = [b for b in blocks if b[0] <= left and b[1] <= top and right <= b[2] and bottom <= b[3]]
        assert bool(on) is line.white
        assert line.white or not any(overlap((left, top, right, bottom), block) for block in blocks)


@given(labels(human_codes), stocks)
def test_the_code_is_written_whole_and_bars_are_readable(label: UnitLabel, stock: LabelStock) -> None:
    laid_out = compose(label, stock, inter())
    assert label.code in said(laid_out)
    assert laid_out.bars.code == label.code
    assert laid_out.bars.module * 25.4 / stock.dpi >= 0.245
    # ISO/IEC 15417 asks for 15 % of the symbol's width and 5 mm at least where space is short.
    assert laid_out.bars.height * 25.4 / stock.dpi >= 5
    assert any(label.day in text for text in said(laid_out))


def test_a_bench_label_reads_as_designed() -> None:
    assert said(compose(KETTLE, BENCH_STOCK, inter())) == [
        "A RESTOCK",
        "R-03",
        "Kettle 1.7 L steel",
        "SN SN-994471",
        "K-17-ST",
        "L07-5521-K",
        "22 Nov 2026",
        "R-10422-Z · BENCH 07",
    ]


def test_a_parcel_label_lists_the_facts_and_shows_the_place_largest() -> None:
    laid_out = compose(replace(KETTLE, lot="A22", quantity=3), PARCEL_STOCK, inter())
    assert said(laid_out) == [
        "A RESTOCK",
        "R-03",
        "Kettle 1.7 L steel",
        *("SKU", "K-17-ST", "Serial", "SN-994471", "Lot", "A22", "Quantity", "3", "Return", "R-10422-Z"),
        "L07-5521-K",
        "22 Nov 2026",
        "BENCH 07",
    ]
    assert max(laid_out.texts, key=lambda line: line.em).text == "R-03"


def test_serial_and_lot_get_a_row_each_on_a_bench_label() -> None:
    laid_out = compose(replace(KETTLE, lot="LOT-2024-11-0091"), BENCH_STOCK, inter())
    rows = {line.text: line.baseline for line in laid_out.texts}
    assert rows["K-17-ST"] == rows["Lot LOT-2024-11-0091"] < rows["SN SN-994471"]


def test_more_than_one_unit_is_said_in_bold() -> None:
    (quantity,) = (
        line
        for line in compose(replace(KETTLE, quantity=12), BENCH_STOCK, inter()).texts
        if "12" in line.text
    )
    assert (quantity.text, quantity.bold) == ("Qty 12", True)
    assert not any("Qty" in text for text in said(compose(KETTLE, BENCH_STOCK, inter())))


@pytest.mark.parametrize("stock", [BENCH_STOCK, PARCEL_STOCK])
def test_copy_and_training_stand_white_on_black(stock: LabelStock) -> None:
    laid_out = compose(replace(KETTLE, copy=True, training=True), stock, inter())
    (mark,) = (line for line in laid_out.texts if "TRAINING" in line.text)
    assert (mark.text, mark.white, mark.bold) == ("TRAINING · COPY", True, True)
    original = compose(KETTLE, stock, inter())
    assert not any(line.white for line in original.texts)
    assert len(laid_out.blocks) == len(original.blocks) + 1


@pytest.mark.parametrize("stock", [BENCH_STOCK, PARCEL_STOCK])
def test_a_holding_label_reverses_its_headline(stock: LabelStock) -> None:
    laid_out = compose(replace(KETTLE, holding=True, sku="", serial=None), stock, inter())
    assert next(line for line in laid_out.texts if line.text == "A RESTOCK").white
    assert "" not in said(laid_out)


def test_the_widest_module_that_fits_is_taken() -> None:
    modules = {
        (stock.width_mm, stock.dpi): compose(KETTLE, stock, inter()).bars.module for stock in STOCKS[:5]
    }
    assert modules == {(57, 203): 2, (57, 300): 4, (100, 203): 4, (100, 300): 7, (101.6, 203): 4}


def test_a_code_too_wide_is_refused_with_both_widths() -> None:
    wide = replace(KETTLE, code="L07-5521-KX-EXTENDED")
    with pytest.raises(Refused) as refused:
        compose(wide, BENCH_STOCK, inter())
    assert refused.value.code == "label.too_wide"
    assert "69 mm" in refused.value.read
    assert "57 mm" in refused.value.expected
    assert compose(wide, STOCKS[2], inter()).bars.code == wide.code


@pytest.mark.parametrize("stock", STOCKS)
@pytest.mark.parametrize(("serial", "lot"), [(None, None), ("SN-1", None), (None, "B7"), ("SN-1", "B7")])
def test_a_remark_stands_on_the_label_and_leaves_the_bars_their_height(
    stock: LabelStock, serial: str | None, lot: str | None
) -> None:
    label = replace(KETTLE, serial=serial, lot=lot, remark="Lid missing. Smells")
    laid_out = compose(label, stock, inter())
    assert "Lid missing. Smells" in said(laid_out)
    assert laid_out.bars.height * 25.4 / stock.dpi >= 5


def test_a_thing_without_a_sku_may_have_a_remark() -> None:
    label = replace(KETTLE, sku="", serial=None, holding=True, remark="Smells")
    assert "Smells" in said(compose(label, BENCH_STOCK, inter()))
