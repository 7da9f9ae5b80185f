"""What a customer is short of once a credit is not given after all.

A credit takes its part of the price as soon as it is asked for, and goods that come meanwhile are refunded by
what is left. When the credit is rejected or reversed, their part of it is owed to the customer.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from app.domain.policy.refunds import Method, RefundRule
from sync.central.rules.books.shares import ratio
from sync.central.rules.refunds import Amount, Taken, short_of
from sync.central.store import refunds
from sync.central.store.act import Act

CREDIT = "credit"
"""The rule of what somebody credits by hand."""
REMAINDER = "remainder"
"""The rule of what goods are still owed; it is due, and somebody's decision like any other."""
_NAME = "the part of the price that a credit had taken"


def settle(act: Act, freed: Any) -> list[str]:
    """Opens what goods that came meanwhile are short of, after a refund gave its part of the price back.

    Only a credit of a part of the price is ever in the way of goods. The answer is the codes opened.
    """
    if freed.rule != CREDIT or freed.qty:
        return []
    sale, standing = refunds.on_sale(act.conn, freed.order, freed.line)
    topped = Counter[tuple[str, str]]()
    for row in standing:
        if row.rule == REMAINDER:
            topped[row.cause, "net"] += row.base_net
            topped[row.cause, "tax"] += row.base_tax
    parts = [row for row in standing if row.rule != REMAINDER]
    taken = [Taken(row.qty, row.base_net, row.base_tax) for row in parts]
    rests = list[tuple[Any, list[int]]]()
    left = [sale.net - sale.credited_net, sale.tax - sale.credited_tax]
    for row, short in zip(parts, short_of(sale.qty, sale.net, sale.tax, taken), strict=True):
        rest = [0, 0]
        for n, name in enumerate(("net", "tax")):
            # Several refunds of one cause share what it was given before.
            before = min(short[n], topped[row.cause, name])
            topped[row.cause, name] -= before
            rest[n] = min(short[n] - before, left[n])
            left[n] -= rest[n]
        if any(rest):
            rests.append((row, rest))
    if rests and sale.credited == sale.qty:
        # The last one has what rounding left: all units have all of the price.
        row, (net, tax) = rests[-1]
        rests[-1] = (row, [net + left[0], tax + left[1]])
    return [_open(act, row, net, tax) for row, (net, tax) in rests]


def _open(act: Act, row: Any, net: int, tax: int) -> str:
    rule = RefundRule(REMAINDER, _NAME, method=Method(row.method), approved_up_to=0)
    opening = refunds.Opening(row.rma, row.rma_line, row.cause, rule, row.policy_ver)
    # As much of it as the goods had of their own part.
    due = Amount(net, tax, _part(net, row.net, row.base_net), _part(tax, row.tax, row.base_tax), 0)
    return refunds.open_rest(act, opening, (row.order, row.line), due)


def _part(minor: int, given: int, whole: int) -> int:
    return ratio(minor, given, whole) if whole else minor
