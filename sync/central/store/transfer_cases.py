"""What does not fit about a transfer, as exceptions: one for each line and trouble, of all its units."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row

from app.domain.counted import counted
from sync.central.rules.transfer import TransferLine
from sync.central.store import transfers
from sync.central.store.act import Act
from sync.central.store.exceptions import Case, close_cases, open_case

_CAME_TO_LIGHT = "Nothing of it is left: its units were shipped, and they arrived."


def over_case(row: Row[Any], line: TransferLine) -> Case:
    """Units that are in stock at the target and never left the source."""
    fix = (
        f"{counted(line.over, 'unit')} of {line.sku} arrived at {row.target} that did not leave "
        f"{row.source} with "
        f"transfer {row.code}; they are in stock. Count {line.sku} at {row.source}."
    )
    return _case(row, "over", line.line, fix, (line.sku, line.over))


def damaged_case(row: Row[Any], line: TransferLine) -> Case:
    """Units that somebody has to claim and to decide about."""
    fix = (
        f"{counted(line.damaged, 'unit')} of {line.sku} arrived damaged with transfer {row.code}. "
        "Claim them from the "
        "carrier, and decide what becomes of them."
    )
    return _case(row, "damaged", line.line, fix, (line.sku, line.damaged))


def short_case(row: Row[Any], line: TransferLine) -> Case:
    """Units that left and never arrived."""
    fix = (
        f"{line.short} of {counted(line.shipped, 'unit')} of {line.sku} left {row.source} and "
        "never arrived at "
        f"{row.target}. Ask the carrier, and count {line.sku} at both sites."
    )
    return _case(row, "short", line.line, fix, (line.sku, line.short))


def strange_case(row: Row[Any], sku: str, units: int) -> Case:
    """Units of an item that is on no line."""
    fix = (
        f"{counted(units, 'unit')} of {sku} arrived with transfer {row.code}, which has no line "
        f"of {sku}; they are in "
        f"stock. Count {sku} at {row.source}."
    )
    return _case(row, "strange", sku, fix, (sku, units))


def elsewhere_case(row: Row[Any], place: str, site: str | None) -> Case:
    """Units that were put where another site is."""
    fix = (
        f"Units of transfer {row.code} to {row.target} were put at {place}, which belongs to {site}. Find "
        "out where they are; if they are not there, a count of both places moves them."
    )
    return _case(row, "elsewhere", place, fix, (None, 0))


def restate(act: Act, row: Row[Any], **touched: Collection[int]) -> None:
    """Has the cases of lines say what is so now: those of no units any more are closed.

    Args:
        act: the transaction, in which the lines were counted.
        row: the transfer.
        touched: the numbers of the lines that changed, by `over`, `damaged` or `short`.
    """
    for line in transfers.lines_of(act.conn, row.code):
        for what, numbers in touched.items():
            if line.line not in numbers:
                continue
            case = _OF_LINE[what](row, line)
            if case.qty:
                open_case(act.conn, case, act.posted_at)
            else:
                close_cases(act.conn, [case.key], act.posted_at, _CAME_TO_LIGHT)


def _case(row: Row[Any], what: str, about: object, fix: str, units: tuple[str | None, int]) -> Case:
    subject = transfers.document_of(row.code)
    return Case(f"transfer.{what}:{row.code}:{about}", f"transfer.{what}", subject, "planner", fix, *units)


_OF_LINE = {"over": over_case, "damaged": damaged_case, "short": short_case}
