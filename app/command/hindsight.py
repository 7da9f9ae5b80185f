"""A returns policy tried on past dispositions, as text: sums by what was and would be, then single units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.money import amount_text


def told(found: Mapping[str, Any]) -> Iterator[str]:
    """The lines of text for a person at a terminal."""
    when = f"from {found['from'] or 'the first'} to {found['to'] or 'the last'}"
    yield f"Policy {found['policy']} tried on dispositions {when}: {_sum(found['all'])}."
    yield f"As before: {_sum(found['same'])}."
    if found["held"]["events"]:
        yield f"Held by the bench, whatever the policy: {_sum(found['held'])}."
    for one in found["changed"]:
        yield f"{one['would']} instead of {one['was']}: {_sum(one)}."
    for one in found["cannot_say"]:
        yield f"Nobody can say ({one['why']}): {_sum(one)}."
    if found["largest"]:
        yield "Most valuable of those that change:"
    for unit in found["largest"]:
        yield (
            f"  {unit['occurred_at']} {unit['qty']} x {unit['sku']}, grade {unit['grade']}: {unit['would']} "
            f"(rule {unit['would_rule']}) instead of {unit['was']} (rule {unit['was_rule']}), "
            f"worth {amount_text(unit['value_minor'], unit['currency'])}."
        )


def _sum(found: Mapping[str, Any]) -> str:
    value = ", ".join(
        amount_text(minor, currency) for currency, minor in found["value_minor"].items() if minor
    )
    return f"{found['units']} units{f' worth {value}' if value else ''}"
