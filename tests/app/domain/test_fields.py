"""Every kind of field is read whole or refused by its name."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given

from app.domain.fields import EXACT_MAX, Fields
from app.domain.refusal import Refused
from tests.app.domain.examples import json_values


def fields(**data: object) -> Fields:
    return Fields(data, "order 7")


def test_fields_are_read_as_what_they_are() -> None:
    f = fields(
        name="Zoë", qty=3, gone=None, on=True, words=["a", "b"], parts=[{"n": 1}, {"n": 2}], one={"n": 5}
    )
    assert f.text("name") == f.text_or("name", "x") == f.maybe_text("name") == "Zoë"
    assert f.whole("qty") == f.whole_or("qty", 9) == 3
    assert f.flag("on", default=False) is True
    assert f.texts("words") == ("a", "b")
    assert [part.whole("n") for part in f.objects("parts")] == [1, 2]
    assert f.inner("one").whole("n") == 5
    assert f.names() == ("name", "qty", "gone", "on", "words", "parts", "one")
    assert f.raw()["gone"] is None


def test_what_may_be_left_out_has_its_default() -> None:
    f = fields(gone=None, empty="")
    assert f.text_or("absent", "x") == "x"
    assert not f.text_or("empty", "x")
    assert f.maybe_text("absent") is f.maybe_text("gone") is f.maybe_text("empty") is None
    assert f.whole_or("absent", 9) == f.whole_or("gone", 9) == 9
    assert f.flag("absent", default=True) is True
    assert f.texts("absent") == ()
    assert f.objects("absent") == ()


WRONG: list[tuple[object, Callable[[Fields], object], str]] = [
    (7, lambda f: f.text("x"), "a text"),
    ("", lambda f: f.text("x"), "a text"),
    (None, lambda f: f.text_or("x", "d"), "a text"),
    (7, lambda f: f.maybe_text("x"), "a text or nothing"),
    (True, lambda f: f.whole("x"), "a whole number from 0"),
    (1.0, lambda f: f.whole("x"), "a whole number from 0"),
    (-1, lambda f: f.whole("x"), "a whole number from 0"),
    (10, lambda f: f.whole("x", most=9), "a whole number from 0 to 9"),
    (EXACT_MAX + 1, lambda f: f.whole("x"), f"to {EXACT_MAX}"),
    ("3", lambda f: f.whole_or("x", 9), "a whole number"),
    (1, lambda f: f.flag("x", default=False), "true or false"),
    ("ab", lambda f: f.texts("x"), "a list of texts"),
    (7, lambda f: f.texts("x"), "a list of texts"),
    (["a", 7], lambda f: f.texts("x"), "a list of texts"),
    ("ab", lambda f: f.objects("x"), "a list of objects"),
    ({"a": 1}, lambda f: f.objects("x"), "a list of objects"),
]


@pytest.mark.parametrize(("value", "read", "expected"), WRONG)
def test_a_wrong_field_is_refused_by_its_name(
    value: object, read: Callable[[Fields], object], expected: str
) -> None:
    with pytest.raises(Refused) as no:
        read(fields(x=value))
    assert no.value.code == "fields.wrong"
    assert no.value.read == f"order 7: field 'x' holds {value!r}."
    assert expected in no.value.expected


@pytest.mark.parametrize("read", [lambda f: f.text("x"), lambda f: f.whole("x"), lambda f: f.inner("x")])
def test_a_missing_field_holds_nothing(read: Callable[[Fields], object]) -> None:
    with pytest.raises(Refused, match=r"order 7: field 'x' holds nothing\."):
        read(fields())


def test_an_object_is_needed_and_is_named_by_its_place() -> None:
    with pytest.raises(Refused, match=r"^order 7 is list\. An object") as no:
        Fields([], "order 7")
    assert no.value.code == "fields.not_an_object"
    with pytest.raises(Refused, match=r"^order 7, lines 2 is int\."):
        fields(lines=[{}, 5]).objects("lines")
    with pytest.raises(Refused, match=r"^order 7, site is str\."):
        fields(site="WH1").inner("site")


def test_a_giant_is_quoted_short() -> None:
    deep: object = "x"
    for _ in range(500):
        deep = [deep]
    for giant in ("x" * 10**6, [["y"] * 10**5], deep, 1 << 20_000):
        with pytest.raises(Refused) as no:
            fields(x=giant).flag("x", default=False)
        assert len(no.value.read) < 300


@given(json_values)
def test_no_document_does_more_than_be_refused(value: object) -> None:
    for _, read, _ in WRONG:
        with contextlib.suppress(Refused):
            read(fields(x=value))
