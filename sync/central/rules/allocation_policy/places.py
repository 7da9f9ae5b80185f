"""Where things stand in a TOML text, for refusals: the parser keeps values only.

A path is the names that lead to a value, with the number (from 1) of a table within a list of tables:
`("channel", "web", "claim")`, `("allotment", 2, "qty")`.
"""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_NAMES = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*(\[{{1,2}})\s*({_NAMES})\s*\]")
_KEY = re.compile(rf"\s*({_NAMES})\s*=")


class Places:
    """The lines of a document's keys and tables; `file` names it in refusals."""

    __slots__ = ("_file", "_lines")

    def __init__(self, file: str, source: str) -> None:
        self._file = file
        self._lines = _lines(source)

    def where(self, path: Path) -> str:
        """File, line and name of a table or key; of the nearest table around it that has a line."""
        line = next((found for n in range(len(path), 0, -1) if (found := self._lines.get(path[:n]))), None)
        at = f"{self._file}, line {line}" if line else self._file
        name = _spoken(path)
        return f"{at}, {name}" if name else at


def _spoken(path: Path) -> str:
    said = ""
    for part in path:
        said += f" {part}" if isinstance(part, int) else f"{'.' if said else ''}{part}"
    return said


def _lines(source: str) -> dict[Path, int]:
    found: dict[Path, int] = {}
    counted: dict[Path, int] = {}
    table: Path = ()
    for number, text in enumerate(source.split("\n"), 1):
        if header := _HEADER.match(text):
            table = _table(header[2], counted, listed=header[1] == "[[")
            found.setdefault(table, number)
        elif key := _KEY.match(text):
            path = table
            for part in _parts(key[1]):
                path = (*path, part)
                found.setdefault(path, number)
    return found


def _table(names: str, counted: dict[Path, int], *, listed: bool) -> Path:
    """The path of a header; inside a list of tables it belongs to the last one."""
    *around, last = _parts(names)
    path: Path = ()
    for part in around:
        path = (*path, part)
        if path in counted:
            path = (*path, counted[path])
    path = (*path, last)
    if listed:
        counted[path] = counted.get(path, 0) + 1
        path = (*path, counted[path])
    return path


def _parts(names: str) -> list[str]:
    return [part[1:-1] if part[0] in "\"'" else part for part in re.findall(_PART, names)]
