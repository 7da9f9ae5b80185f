"""Quantities given in packs, as base units: exactly, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, Self, TypeVar

from sqlalchemy import Connection

from app.domain.counted import counted
from app.domain.packs import Pack, pack_of
from app.domain.refusal import Refused
from sync.central.commands.shapes import MOST
from sync.central.store.item_rules import item_records


class Packed(Protocol):
    """A line whose quantity may be counted in packs."""

    @property
    def line(self) -> int:
        """Its number."""

    @property
    def sku(self) -> str | None:
        """Its item."""

    @property
    def qty(self) -> int:
        """How many packs, or base units without one."""

    @property
    def pack(self) -> str | None:
        """The code of the pack."""

    def model_copy(self, *, update: dict[str, object]) -> Self:
        """The same line with other values."""


Line = TypeVar("Line", bound=Packed)


def in_base_units(conn: Connection, lines: Sequence[Line]) -> Sequence[Line]:
    """The lines with every quantity in base units and no pack.

    Raises:
        Refused: the item has no such pack, or the units are more than can be counted.
    """
    skus = [line.sku for line in lines if line.pack is not None and line.sku is not None]
    if not skus:
        return lines
    records = item_records(conn, skus)
    known = {line.line: records[line.sku] for line in lines if line.sku is not None and line.sku in records}
    return [_unpacked(line, known[line.line].packs) if line.line in known else line for line in lines]


def _unpacked(line: Line, packs: Sequence[Pack]) -> Line:
    if line.pack is None:
        return line
    units = line.qty * pack_of(packs, line.pack).qty
    if units > MOST:
        raise Refused(
            "line.units",
            f"Line {line.line}: read {line.qty} packs {line.pack}, which are {counted(units, 'unit')}.",
            f"Expected at most {counted(MOST, 'unit')}.",
            "Split the line.",
        )
    return line.model_copy(update={"qty": units, "pack": None})
