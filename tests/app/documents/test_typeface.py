import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.typeface import inter


@pytest.mark.parametrize(
    "text",
    [
        "Zażółć gęślą jaźń",
        "Größe, Ärger, Straße",
        "Βραστήρας ατσάλινος",
        "Чайник электрический",
        "Ấm đun nước",
        "Çaydanl\u0131k, \u0131ğş",
        "„“ € ™ · … \u2013",
    ],
)
def test_latin_greek_and_cyrillic_are_drawn_as_they_are(text: str) -> None:
    assert inter().drawable(text) == text


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("电热水壶 kettle", "□ kettle"),
        ("קומקום", "□"),
        ("o\uff4b 12", "ok 12"),
        ("\U0001f600ok\U0001f600\U0001f600", "□ok□"),
        ("x\u064by", "xy"),
    ],
)
def test_what_the_face_lacks_is_replaced_in_a_visible_way(text: str, drawn: str) -> None:
    assert inter().drawable(text) == drawn


@given(st.text(max_size=40))
def test_both_weights_draw_and_measure_whatever_is_drawable(text: str) -> None:
    face = inter()
    drawn = face.drawable(text)
    assert set(drawn) <= set(face.regular)
    assert set(drawn) <= set(face.bold)
    assert face.drawable(drawn) == drawn
    assert face.width(text, bold=True) == pytest.approx(face.width(drawn, bold=True))


def test_measures_are_those_of_inter() -> None:
    face = inter()
    assert face.cap == pytest.approx(0.727, abs=0.002)
    assert face.width("MMMM", bold=True) > face.width("MMMM", bold=False) > face.width("iiii", bold=False)
