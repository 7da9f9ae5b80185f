"""The book of deeds counts what people did, and nothing twice."""

from __future__ import annotations

from tests.simulator.book import Act, Book, Deed


def test_what_was_taken_back_stands_no_more() -> None:
    book = Book()
    book.saved("e-1", Deed(Act.RETURN, 1, sku="MUG-4"))
    book.saved("e-2", Deed(Act.RETURN, 1, sku="T-2S"))
    book.saved("e-3", Deed(Act.UNDO, 1, undoes="e-1"))
    assert [event_id for event_id, _ in book.standing(Act.RETURN)] == ["e-2"]
    assert book.undone() == {"e-1"}


def test_what_nobody_has_any_more_takes_nothing_back() -> None:
    book = Book()
    book.saved("e-1", Deed(Act.RETURN, 1, sku="MUG-4"))
    book.saved("e-2", Deed(Act.UNDO, 1, undoes="e-1"))
    book.gone.add("e-2")
    assert [event_id for event_id, _ in book.standing(Act.RETURN)] == ["e-1"]


def test_notes_of_the_program_are_no_deeds() -> None:
    book = Book()
    book.saved("e-1", Deed(Act.NOTE, 1))
    book.saved("e-2", Deed(Act.COUNT, 1))
    assert book.physical == 1


def test_one_event_that_is_said_to_be_saved_twice_is_wrong() -> None:
    book = Book()
    book.saved("e-1", Deed(Act.COUNT, 1))
    book.saved("e-1", Deed(Act.COUNT, 1))
    assert book.wrong == ["I2: event e-1 was said to be saved twice"]
