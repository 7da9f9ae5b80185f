"""A CSV text row by row: columns matched by the header, rows counted as a spreadsheet counts them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.refusal import Refused
from sync.central.rules.quality import Finding, RowFindings

_SEPARATORS = ",;\t"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One row's cells by the names of known columns; `number` 1 is the header."""

    number: int
    cells: Mapping[str, str]


class Sheet:
    """A table under way.

    Args:
        lines: the lines with their ends, as a file opened with newline="" gives them.
        known: whether a name is that of a column that is read.
        renamed: names of known columns, each with the name it has in the header of this table.
    """

    def __init__(
        self, lines: Iterable[str], known: Callable[[str], bool], renamed: Mapping[str, str] | None = None
    ) -> None:
        iterator = iter(lines)
        first = next(iterator, "").removeprefix("\ufeff")
        separator = max(_SEPARATORS, key=first.count)
        self._reader = csv.reader(_chained(first, iterator), delimiter=separator, strict=True)
        try:
            header = next(self._reader, [])
        except csv.Error as no:
            raise _no_header(f"a header that cannot be read: {no}") from None
        self._width = len(header)
        self._columns = _matched(header, known, renamed or {})
        used = {index for index, _ in self._columns}
        self.unread = [name for index, name in enumerate(header) if index not in used and name.strip()]

    @property
    def columns(self) -> Sequence[str]:
        """The known columns that this table has."""
        return [name for _, name in self._columns]

    def warnings(self) -> list[Finding]:
        """The columns that nobody reads: what stands in them is not imported."""
        found = RowFindings(1, "")
        for name in self.unread:
            found.warn(
                name, "column.unknown", name, "No such column is known; what stands in it is not taken."
            )
        return found.found

    def rows(self) -> Iterator[Row | Finding]:
        """Every row that has a cell, or the finding by which it is rejected."""
        number = 1
        while True:
            number += 1
            begins = self._reader.line_num + 1
            try:
                cells = next(self._reader, None)
            except csv.Error as no:
                lines = f"Lines {begins} to {self._reader.line_num} are no row: {no}."
                yield _rejected(number, "row.unreadable", "", lines)
                continue
            if cells is None:
                return
            if not any(cells):
                continue
            if len(cells) != self._width:
                why = f"It has {len(cells)} cells, the header has {self._width}."
                yield _rejected(number, "row.cells", " | ".join(cells), why)
                continue
            yield Row(number, {name: cells[index] for index, name in self._columns})


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _rejected(number: int, rule: str, read: str, why: str) -> Finding:
    found = RowFindings(number, "")
    found.reject("", rule, read, why)
    return found.found[0]


def _matched(
    header: Sequence[str], known: Callable[[str], bool], renamed: Mapping[str, str]
) -> list[tuple[int, str]]:
    """Places and known names of the columns that are read."""
    named = [name.strip() for name in header]
    lost = [theirs for theirs in renamed.values() if theirs not in named]
    if lost:
        raise _no_header(f"no column {lost[0]!r}")
    found = [(named.index(theirs), ours) for ours, theirs in renamed.items()]
    for index, name in enumerate(named):
        ours = name if ":" in name else name.casefold().replace(" ", "_")
        if ours not in renamed and known(ours):
            found.append((index, ours))
    names = [ours for _, ours in found]
    twice = [ours for ours in names if names.count(ours) > 1 or not known(ours)]
    if twice:
        raise _no_header(f"the column {twice[0]!r} twice, or one that is not known by that name")
    if not found:
        shown = ", ".join(map(repr, named[:_SHOWN])) or "nothing"
        raise _no_header(f"a header without any known column: {shown}")
    return found


def _no_header(read: str) -> Refused:
    return Refused(
        "import.columns",
        f"Read {read}.",
        "Expected one header row with the names of columns, each once.",
        "Correct the header, or say which column is meant.",
    )
