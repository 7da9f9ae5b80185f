"""What of a replacement somebody must decide, each with the money at risk."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.domain.money import amount_text
from sync.central.rules.replacements import Kind
from sync.central.store.exceptions import Case
from sync.central.store.replacement_rows import Standing


def overdue_key(row: Any) -> str:
    """The key of the case of a replacement that was sent ahead and whose old unit did not come."""
    return f"replacement.overdue:{row.rma}:{row.line}"


def gone_key(row: Any) -> str:
    """The key of the case of a replacement that left, and whose old unit was taken back out of the return."""
    return f"replacement.without_goods:{row.rma}:{row.line}"


def refused_key(row: Any) -> str:
    """The key of the case of units that came back and earn nothing."""
    return f"replacement.refused:{row.rma}:{row.line}"


def lapsed_key(row: Any) -> str:
    """The key of the case of a replacement that waited too long."""
    return f"replacement.lapsed:{row.rma}:{row.line}"


def overpaid_key(row: Any) -> str:
    """The key of the case of a payment that is for nothing any more."""
    return f"replacement.overpaid:{row.rma}:{row.line}"


def unpaid(found: Standing, *, late: bool) -> Case:
    """Units that are with the customer and that nothing pays for."""
    row, units = found.row, found.units.without
    why = (
        f"its old unit was to be back by {row.back_by[:10]} and is not"
        if late
        else "what was returned for it was taken back"
    )
    return _case(
        found,
        overdue_key(row) if late else gone_key(row),
        "finance",
        f"{units} of {row.sku} left with order {row.order_code}, and {why}: ask the customer, then charge or "
        "waive the replacement.",
        units,
    )


def refused(found: Standing) -> Case:
    """Units came back for the replacement and earn nothing."""
    row = found.row
    do = (
        "it stays blocked: ask the customer, then credit the line or cancel the order."
        if row.kind == Kind.EXCHANGE
        else "it was sent ahead: ask the customer, then credit the line, or charge or waive the replacement."
    )
    what = f"What came back on line {row.line} earns nothing towards order {row.order_code}"
    return _case(found, refused_key(row), "service", f"{what}; {do}", found.units.wanted)


def lapsed(found: Standing) -> Case:
    """Nothing came back for as long as a replacement is reserved."""
    row = found.row
    return _case(
        found,
        lapsed_key(row),
        "service",
        f"Nothing came back for order {row.order_code} by {row.back_by[:10]}, and its units were given to "
        "orders that wait: ask the customer, then end the return. What still comes is served in its turn.",
        found.units.wanted,
    )


def overpaid(found: Standing) -> Case:
    """The customer paid what a replacement was dearer, and it is not any more."""
    row = found.row
    more = amount_text(found.overpaid, str(row.currency))
    fix = (
        f"The customer paid {more} for order {row.order_code} that nothing is owed for any more: give it "
        f"back, and take the payment back by /v1/returns/{row.rma}/replacements/{row.line}/payments/reverse."
    )
    return replace(_case(found, overpaid_key(row), "finance", fix, 0), money=(found.overpaid, row.currency))


def _case(found: Standing, key: str, owner: str, fix: str, units: int) -> Case:
    row = found.row
    money = (found.open_minor(units), str(row.currency))
    return Case(key, key.partition(":")[0], f"rma:{row.rma}", owner, fix, row.sku, units, money)
