"""A word is a disposition with its reason; a name is an item."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from sync.central.commands.units_asked import Name, Word, WordBack
from tests.sync.central.shop import at


@pytest.mark.parametrize("shape", [Word, Name, WordBack])
def test_the_example_is_one(shape: type[BaseModel]) -> None:
    extra: Any = shape.model_config["json_schema_extra"]
    for example in extra["examples"]:
        assert shape.model_validate(example)


@pytest.mark.parametrize(
    ("shape", "asked"),
    [
        (Word, {"disposition": "restock"}),
        (Word, {"disposition": "restock", "reason": ""}),
        (Word, {"disposition": "restock", "reason": "r", "line": 0}),
        (Name, {}),
        (WordBack, {}),
    ],
)
def test_what_is_no_word_is_refused(shape: type[BaseModel], asked: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        shape.model_validate({"at": at(1)} | asked)
