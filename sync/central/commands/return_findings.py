"""What does not fit of a return that is asked for: claims without a sale, and sales to look at again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.clock import from_text
from sync.central.commands.requests import Return, ReturnLine
from sync.central.rules.claimed import Why, same_day, why_blind
from sync.central.rules.matching import Match
from sync.central.store import return_cases, return_claims
from sync.central.store.act import Act
from sync.central.store.exceptions import open_case
from sync.central.store.return_claims import Claim
from sync.central.store.unusual import unusual

Sold = Mapping[tuple[int, int], Any]
"""By order and line: `qty`, `shipped_at`, `unit_minor`, `currency` of the sales that were looked at."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a line does not fit; `blind` of its units are of no sale."""

    line: ReturnLine
    why: Why
    blind: int
    matches: tuple[Match, ...]


def findings(
    act: Act,
    asked: Return,
    found: Sequence[tuple[ReturnLine, tuple[Match, ...]]],
    sold: Sold,
    order: int | None,
) -> dict[int, Finding]:
    """What does not fit, by line number: at most one thing of each line, the gravest."""
    large = unusual(act.conn, asked.owner, [(line.sku, line.qty) for line in asked.lines])
    short = [line.sku for line, matches in found if line.qty > sum(entry.qty for entry in matches)]
    past = (
        return_claims.histories(act.conn, asked.owner, asked.customer, order, list(dict.fromkeys(short)))
        if short
        else {}
    )
    said = dict[int, Finding]()
    for line, matches in found:
        blind = line.qty - sum(entry.qty for entry in matches)
        why: Why | None = None
        if (line.sku, line.qty) in large:
            why = Why.UNUSUAL
        elif blind:
            why = why_blind(blind, asked.at, past[line.sku])
        elif _whole_sale_of_today(line, matches, sold, asked):
            why = Why.SAME_DAY
        if why is not None:
            said[line.line] = Finding(line, why, blind, matches)
    return said


def _whole_sale_of_today(line: ReturnLine, matches: Sequence[Match], sold: Sold, asked: Return) -> bool:
    if len(matches) != 1:
        return False
    row = sold[matches[0].order, matches[0].line]
    return int(row.qty) == line.qty and same_day(from_text(row.shipped_at), asked.at)


def keep(act: Act, asked: Return, code: str | None, said: Mapping[int, Finding], sold: Sold) -> None:
    """Keeps claims without a sale for when their goods come; a sale to look at again has its case at once."""
    return_claims.note(
        act.conn,
        [
            Claim(
                asked.owner,
                asked.customer,
                asked.order,
                finding.line.sku,
                finding.blind,
                finding.why,
                asked.at,
            )
            for finding in said.values()
            if finding.blind
        ],
    )
    for number, finding in said.items():
        units = sum(entry.qty for entry in finding.matches)
        if code is not None and units and finding.why in {Why.SAME_DAY, Why.UNUSUAL}:
            money = _price(finding.matches, sold)
            case = return_cases.doubtful(code, number, finding.why, (finding.line.sku, units), money)
            open_case(act.conn, case, act.posted_at)


def _price(matches: Sequence[Match], sold: Sold) -> tuple[int, str] | None:
    """What these units were sold for, where all of them have a price in one currency."""
    rows = [(sold[entry.order, entry.line], entry.qty) for entry in matches]
    currencies = {row.currency for row, _ in rows}
    if len(currencies) != 1 or any(row.unit_minor is None or row.currency is None for row, _ in rows):
        return None
    return sum(int(row.unit_minor) * qty for row, qty in rows), currencies.pop()
