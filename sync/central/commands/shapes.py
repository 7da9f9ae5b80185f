"""What every command is asked with: frozen, checked at the edge, with its types of codes, units and instants.

An unknown field is refused, not lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.config import JsonValue

from app.domain.clock import from_text, to_text
from app.domain.refusal import Refused

MAX_LINES = 2_000
MOST = 10**9
"""Units, amounts and numbers of lines end here."""

SOME_DAY = "2026-11-22T10:41:07Z"
"""The instant that examples of the API are given with."""


def _instant(value: object) -> datetime:
    try:
        return from_text(value if isinstance(value, str) else "")
    except Refused as no:
        raise ValueError(str(no)) from None


Instant = Annotated[
    datetime,
    PlainValidator(_instant),
    PlainSerializer(to_text),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": [SOME_DAY]}),
]
Code = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=r"^[^\x00]+$")]
Units = Annotated[int, Field(ge=1, le=MOST)]
LineNumber = Annotated[int, Field(ge=1, le=MOST)]


def require_numbered(numbers: Sequence[int], code: str = "lines.numbers") -> None:
    """Refuses a line number that stands twice."""
    if len(set(numbers)) != len(numbers):
        raise Refused(code, "Read one line number twice.", "Expected each line once.", "Number the lines.")


class Asked(BaseModel):
    """What a command is asked with."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


def shown(**example: JsonValue) -> ConfigDict:
    """A configuration with an example for the description of the API."""
    return ConfigDict(json_schema_extra={"examples": [example]})
