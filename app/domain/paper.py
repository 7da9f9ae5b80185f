"""A paper that goes with goods, before it is laid out: what it says, in the order it says it."""

from __future__ import annotations

from dataclasses import dataclass

Facts = tuple[tuple[str, str], ...]
"""Names and what stands beside them."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: headings, rows of as many texts, how wide columns are to each other, which are numbers."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    numbers: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """A row of another length could not be laid out."""
        if any(len(row) != len(self.headings) for row in (self.widths, *self.rows)):
            raise ValueError(f"a table of {', '.join(self.headings)} has a row of another length")


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo by the hash of what is in it; `data` is None where the file is not here (yet)."""

    digest: str
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Part:
    """A titled part of a paper: facts, then a table, then photos; each may be missing."""

    title: str
    facts: Facts = ()
    grid: Grid | None = None
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """`code` is drawn as bars too. `signatures` name lines to sign on; `foot` is on every page."""

    title: str
    code: str
    facts: Facts
    parts: tuple[Part, ...]
    signatures: tuple[str, ...] = ()
    foot: str = ""
