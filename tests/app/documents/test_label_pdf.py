import re
from dataclasses import replace
from threading import Barrier, Thread

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.documents import label_pdf
from app.documents.composition import compose
from app.documents.label import BENCH_STOCK, PARCEL_STOCK, LabelStock, UnitLabel
from app.documents.typeface import inter
from app.domain.refusal import Refused
from tests.app.documents.pictures import codes, one_bit, pages, texts
from tests.app.documents.samples import KETTLE, STOCKS, any_codes, human_codes, labels

stocks = st.sampled_from(STOCKS)


@settings(max_examples=25)
@given(any_codes, stocks)
@example("~^>_\\|", BENCH_STOCK)
@example("12345678901", BENCH_STOCK)
def test_any_code_is_read_back_as_the_print_head_has_it_and_finer(code: str, stock: LabelStock) -> None:
    pdf = label_pdf.render(replace(KETTLE, code=code), stock)
    for dpi in {stock.dpi, 300}:
        (picture,) = pages(pdf, dpi)
        assert codes(picture) == [code]
        assert codes(one_bit(picture)) == [code]


@pytest.mark.parametrize("stock", STOCKS)
@pytest.mark.parametrize("code", ["L07-5521-K", "H07-92-A", "L-1-X", "L12-10422-7", "R-10422-Z", "H999-0-0"])
def test_our_codes_are_read_back_at_both_resolutions_whatever_the_label_was_made_for(
    stock: LabelStock, code: str
) -> None:
    pdf = label_pdf.render(replace(KETTLE, code=code), stock)
    for dpi in (203, 300):
        (picture,) = pages(pdf, dpi)
        assert codes(picture) == [code]
        assert codes(one_bit(picture)) == [code]


@settings(max_examples=25)
@given(labels(human_codes), stocks)
def test_no_text_and_no_mark_disturbs_the_code(label: UnitLabel, stock: LabelStock) -> None:
    (picture,) = pages(label_pdf.render(label, stock), stock.dpi)
    assert codes(one_bit(picture)) == [label.code]


@pytest.mark.parametrize("stock", STOCKS)
def test_every_bar_edge_lies_on_a_printer_dot(stock: LabelStock) -> None:
    (picture,) = pages(label_pdf.render(KETTLE, stock), stock.dpi)
    bars = compose(KETTLE, stock, inter()).bars
    assert picture.size == (stock.width_dots, stock.height_dots)
    row = picture.crop((0, bars.top + bars.height // 2, picture.width, bars.top + bars.height // 2 + 1))
    # No grey but the renderer's rounding: nothing is smeared over two dots.
    assert all(grey <= 4 or grey >= 251 for grey in row.tobytes())


def test_the_page_is_as_large_as_the_stock() -> None:
    found = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", label_pdf.render(KETTLE, PARCEL_STOCK))
    assert found is not None
    # 4 x 6 inches, to a dot.
    assert float(found[1]) == pytest.approx(288, abs=0.36)
    assert float(found[2]) == pytest.approx(432, abs=0.36)


@pytest.mark.parametrize(
    "name",
    ["Zażółć gęślą jaźń", "Wasserkocher für Größe 1,7", "Βραστήρας 1,7 L", "Чайник стальной", "a\\b (c) <d>"],
)
def test_names_can_be_copied_out_in_their_own_letters(name: str) -> None:
    (text,) = texts(label_pdf.render(replace(KETTLE, item_name=name), PARCEL_STOCK))
    assert name in text
    assert "L07-5521-K" in text
    assert "A RESTOCK" in text


def test_a_name_in_letters_we_cannot_draw_leaves_a_box_and_the_rest() -> None:
    (text,) = texts(label_pdf.render(replace(KETTLE, item_name="电热水壶 1.7 L"), PARCEL_STOCK))
    assert "□ 1.7 L" in text


def test_marks_are_printed() -> None:
    (text,) = texts(label_pdf.render(replace(KETTLE, copy=True, training=True), BENCH_STOCK))
    assert "TRAINING · COPY" in text


def test_the_same_label_gives_the_same_bytes() -> None:
    assert label_pdf.render(KETTLE, BENCH_STOCK) == label_pdf.render(KETTLE, BENCH_STOCK)


def test_a_code_too_wide_gives_no_document() -> None:
    with pytest.raises(Refused, match="57 mm"):
        label_pdf.render(replace(KETTLE, code="L07-5521-KX-EXTENDED"), BENCH_STOCK)


def test_labels_drawn_at_the_same_time_do_not_mix() -> None:
    wanted = [replace(KETTLE, code=f"L07-{number}-K", item_name="żółć " * number) for number in range(1, 7)]
    alone = {label.code: label_pdf.render(label, BENCH_STOCK) for label in wanted}
    together: dict[str, bytes] = {}
    ready = Barrier(len(wanted))

    def work(label: UnitLabel) -> None:
        ready.wait()
        together[label.code] = label_pdf.render(label, BENCH_STOCK)

    threads = [Thread(target=work, args=(label,)) for label in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone
