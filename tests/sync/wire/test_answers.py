from __future__ import annotations

import pytest

from app.domain.fields import Fields
from app.domain.refusal import Refused
from sync.wire.answers import (
    Ack,
    Answer,
    Fenced,
    Fork,
    Gap,
    Rejected,
    Retry,
    WrongVersion,
    read_answer,
)
from sync.wire.protocol import Versions

ANSWERS: dict[str, Answer] = {
    "ack": Ack(1, 500, "ab", 2, 991),
    "gap": Gap(17),
    "fork": Fork(17, "ab"),
    "fenced": Fenced(),
    "retry": Retry(30),
    "too_new": WrongVersion(too_new=True, spoken=Versions(1, 2)),
    "too_old": WrongVersion(too_new=False, spoken=Versions(3, 4)),
    "rejected": Rejected(18, "envelope.signature", "its signature does not fit", 17, "ab"),
}

each = pytest.mark.parametrize(("word", "answer"), ANSWERS.items())


@each
def test_there_and_back_under_its_word(word: str, answer: Answer) -> None:
    document = answer.to_json()
    assert document["answer"] == word
    assert read_answer(Fields({**document, "later": 1}, "answer")) == answer


@each
def test_every_field_is_needed(word: str, answer: Answer) -> None:
    document = answer.to_json()
    for name in document.keys() - {"reason"}:
        with pytest.raises(Refused, match=name):
            read_answer(Fields({key: value for key, value in document.items() if key != name}, word))


@pytest.mark.parametrize("document", [{}, {"answer": "ok"}, {"answer": True}, {"status": "ack"}])
def test_anything_else_is_no_answer(document: dict[str, object]) -> None:
    with pytest.raises(Refused):
        read_answer(Fields(document, "answer"))
