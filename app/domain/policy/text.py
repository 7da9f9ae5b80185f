"""Where things stand in a policy's document, for refusals: the parser keeps values only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from app.domain.fields import Fields

# A table's heading, then a key with its value; each captures the name as it is written.
_FORMS = (re.compile(r"\s*\[+\s*([^\[\]]*?)\s*\]"), re.compile(r"\s*([^=]*?)\s*="))


def _places(lines: Sequence[str], form: re.Pattern[str]) -> Mapping[str, Sequence[int]]:
    """The numbers of the lines that begin so, by the name they give."""
    found: dict[str, list[int]] = {}
    for number, text in enumerate(lines, 1):
        if begins := form.match(text):
            found.setdefault(begins[1], []).append(number)
    return found


class Text:
    """A document's lines, and its tables as fields that name their line."""

    def __init__(self, where: str, source: str) -> None:
        self._where = where
        self._lines = source.splitlines()
        # Every name is looked for once or more, and a policy has hundreds of them: one pass finds all.
        self._at = tuple(_places(self._lines, form) for form in _FORMS)

    def line(self, name: str, nth: int = 1) -> str:
        """File and line of the nth table, or of the first key, of that name; else the file alone."""
        for places in self._at:
            if found := places.get(name):
                return f"{self._where}, line {found[min(nth, len(found)) - 1]}"
        return self._where

    @property
    def end(self) -> str:
        """File and last line."""
        return f"{self._where}, line {len(self._lines)}"

    def key(self, document: Mapping[str, object], name: str) -> Fields:
        """The document, to read a key that stands above all tables; a missing one belongs on line 1."""
        if name not in document:
            raise Fields(document, f"{self._where}, line 1").wrong(name, "a value")
        return Fields(document, self.line(name))

    def table(self, document: Mapping[str, object], name: str) -> Fields:
        """A table of the document; a missing one belongs below the last line."""
        return Fields(document, self.line(name) if name in document else self.end).inner(name)

    def tables(self, document: Mapping[str, object], kind: str) -> Iterator[tuple[str, Fields]]:
        """The tables `[kind.NAME]` by name."""
        for name, inner in self.table(document, kind).raw().items():
            yield name, Fields(inner, f"{self.line(f'{kind}.{name}')}, {kind} {name}")

    def lists(self, document: Mapping[str, object], kind: str) -> Iterator[Fields]:
        """The tables `[[kind]]` in their order; none when the document has none."""
        for number, inner in enumerate(Fields(document, self.line(kind)).objects(kind), 1):
            yield Fields(inner.raw(), f"{self.line(kind, number)}, {kind} {number}")
