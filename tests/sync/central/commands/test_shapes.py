"""The types every command is asked with keep their borders."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from sync.central.commands.shapes import MOST, Asked, Code, Instant, Units, Words, shown


class Example(Asked):
    model_config = shown(code="K-17", at="2026-11-22T10:41:07Z", qty=1)

    code: Code
    at: Instant
    qty: Units
    words: Words | None = None


RIGHT = {"code": "K-17", "at": "2026-11-22T12:41:07+02:00", "qty": MOST}


def test_what_is_right_is_read_and_cannot_be_changed() -> None:
    example = Example.model_validate(RIGHT)
    assert example.at == datetime(2026, 11, 22, 10, 41, 7, tzinfo=UTC)
    with pytest.raises(ValidationError):
        example.code = "K-18"


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"code": "a\nb"},
        {"qty": 0},
        {"qty": MOST + 1},
        {"qty": True},
        {"words": "\x00"},
        {"other": 1},
    ],
)
def test_what_is_not_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Example.model_validate(RIGHT | wrong)


def test_the_example_stands_in_the_description() -> None:
    assert Example.model_json_schema()["examples"] == [
        {"code": "K-17", "at": "2026-11-22T10:41:07Z", "qty": 1}
    ]
