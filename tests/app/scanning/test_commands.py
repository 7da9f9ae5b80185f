"""The mat's words: 64 payloads that survive keyboards, misreads and case."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scanning import commands
from app.scanning.commands import Word
from app.scanning.faults import Broken, Fault
from app.scanning.meaning import Command, Damaged, Text
from app.scanning.read import read


@pytest.mark.parametrize(
    ("word", "printed"), [(Word.UNDO, "XKUNDOG"), (Word.DONE, "XKDONEO"), (Word.OK, "XKOKR")]
)
def test_known_payloads(word: Word, printed: str) -> None:
    assert commands.payload(word) == printed
    assert commands.parse(printed) is word


def test_there_are_64_words_in_safe_letters() -> None:
    payloads = {commands.payload(word) for word in Word}
    assert len(payloads) == 64
    assert set("".join(payloads)) <= set(commands.ALPHABET)


def test_no_two_payloads_differ_in_one_sign() -> None:
    for one, two in combinations([commands.payload(word) for word in Word], 2):
        assert len(one) != len(two) or sum(a != b for a, b in zip(one, two, strict=True)) > 1


def test_no_payload_begins_another() -> None:
    payloads = [commands.payload(word) for word in Word]
    assert not [(one, two) for one, two in permutations(payloads, 2) if two.startswith(one)]


@given(word=st.sampled_from(Word), capitals=st.lists(st.booleans(), min_size=10, max_size=10))
def test_every_word_comes_back_in_any_case(word: Word, capitals: list[bool]) -> None:
    printed = commands.payload(word)
    mixed = "".join(
        sign if high else sign.lower() for sign, high in zip(printed, capitals[: len(printed)], strict=True)
    )
    assert commands.parse(mixed) is word
    scan = read(f"]C0{mixed}")
    assert isinstance(scan, Command)
    assert scan.word is word


@given(word=st.sampled_from(Word), at=st.integers(0, 20), sign=st.characters(codec="ascii", categories=["L"]))
def test_one_wrong_sign_is_refused_and_never_an_item(word: Word, at: int, sign: str) -> None:
    printed = commands.payload(word)
    at %= len(printed)
    wrong = printed[:at] + sign.upper() + printed[at + 1 :]
    if wrong == printed:
        return
    meaning = read(wrong)
    assert isinstance(meaning, Damaged)
    assert meaning.fault is Fault.COMMAND


def test_a_near_miss_names_the_command() -> None:
    with pytest.raises(Broken, match="the command UNDO"):
        commands.parse("XKUNDOH")


@pytest.mark.parametrize(
    "text", ["XK", "XKL", "XK-2000", "XKTABLETOP", "UNDO", "KXUNDOG", "XKUNDO", "XKUNDOGG"]
)
def test_other_texts_that_look_a_little_alike_are_text(text: str) -> None:
    assert commands.parse(text) is None
    assert isinstance(read(text), Text)


def test_letters_of_other_scripts_are_not_folded_into_words() -> None:
    long_s = commands.payload(Word.RESTOCK).replace("S", "\u017f")
    assert long_s.upper() == commands.payload(Word.RESTOCK)
    with pytest.raises(Broken):
        commands.parse(long_s)


def test_numbers_and_grades_are_told_by_their_words() -> None:
    assert [word.digit for word in Word if word.digit is not None] == list(range(10))
    assert [word.answer for word in Word if word.answer is not None] == list(range(1, 10))
    assert [word.grade for word in Word if word.grade is not None] == ["A", "B", "C", "D"]
    assert (Word.UNDO.digit, Word.UNDO.answer, Word.UNDO.grade) == (None, None, None)
    assert Word("NIX") is Word.ANSWER_9


def test_a_sign_outside_the_alphabet_has_no_check_letter() -> None:
    with pytest.raises(ValueError, match="substring not found"):
        commands.check_letter("XKMAT")
