"""Reading untrusted JSON and TOML field by field, with refusals that name the field.

One reader for every document that crosses an edge, so that a missing or mistyped field is always refused in
the same words and never half-read.
"""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence

from app.domain.refusal import Refused

# The largest integer that every JSON reader keeps exact (RFC 8785 section 3.2.2.3).
EXACT_MAX = 2**53 - 1

# The plain ones first: asking an abstract class is slow, and a fresh station reads a million records.
_OBJECTS, _LISTS = (dict, Mapping), (list, Sequence)
# What was read is quoted short, however long or deep it came.
_quote = reprlib.Repr()
_quote.maxstring = _quote.maxother = 80


class Fields:
    """A mapping read by name; `where` says which document the refusal is about."""

    __slots__ = ("_data", "_where")

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, _OBJECTS):
            raise Refused(
                "fields.not_an_object",
                f"{where} is {type(data).__name__}.",
                "An object with named fields was expected.",
                "Correct the document and send it again.",
            )
        self._data: Mapping[str, object] = data
        self._where = where

    def wrong(self, name: str, expected: str) -> Refused:
        """The refusal of a field that was read and does not fit, for a reader with rules of its own."""
        found = _quoted(self._data[name]) if name in self._data else "nothing"
        return Refused(
            "fields.wrong",
            f"{self._where}: field {name!r} holds {found}.",
            f"Expected {expected}.",
            "Correct the field and try again.",
        )

    def text(self, name: str) -> str:
        """A non-empty string."""
        value = self._data.get(name)
        if not isinstance(value, str) or not value:
            raise self.wrong(name, "a text")
        return value

    def text_or(self, name: str, default: str) -> str:
        """A string that may be left out or empty."""
        value = self._data.get(name, default)
        if not isinstance(value, str):
            raise self.wrong(name, "a text")
        return value

    def maybe_text(self, name: str) -> str | None:
        """A non-empty string, or None when left out, null or empty."""
        value = self._data.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise self.wrong(name, "a text or nothing")
        return value

    def whole(self, name: str, least: int = 0, most: int = EXACT_MAX) -> int:
        """An integer from `least` to `most`; a boolean or a float is not one."""
        value = self._data.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.wrong(name, f"a whole number from {least} to {most}")
        return value

    def whole_or(self, name: str, default: int, least: int = 0, most: int = EXACT_MAX) -> int:
        """An integer that may be left out."""
        return self.whole(name, least, most) if self._data.get(name) is not None else default

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false; left out means `default`."""
        value = self._data.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; left out means none."""
        value = self._data.get(name, ())
        if isinstance(value, str) or not isinstance(value, _LISTS):
            raise self.wrong(name, "a list of texts")
        found = tuple(entry for entry in value if isinstance(entry, str))
        if len(found) != len(value):
            raise self.wrong(name, "a list of texts")
        return found

    def objects(self, name: str) -> tuple[Fields, ...]:
        """A list of objects; left out means none."""
        value = self._data.get(name, ())
        if isinstance(value, str) or not isinstance(value, _LISTS):
            raise self.wrong(name, "a list of objects")
        return tuple(Fields(entry, f"{self._where}, {name} {n}") for n, entry in enumerate(value, 1))

    def inner(self, name: str) -> Fields:
        """An object inside this one."""
        if name not in self._data:
            raise self.wrong(name, "an object")
        return Fields(self._data[name], f"{self._where}, {name}")

    def names(self) -> tuple[str, ...]:
        """The field names present, in document order."""
        return tuple(self._data)

    def raw(self) -> Mapping[str, object]:
        """The mapping as it came, for keeping unknown fields."""
        return self._data


def _quoted(value: object) -> str:
    try:
        return _quote.repr(value)
    except ValueError:  # Python will not write out an integer of thousands of digits
        return "a number of thousands of digits"
