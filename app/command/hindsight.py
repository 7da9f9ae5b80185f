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
    yield from _refunds(found["refunds"])


def _refunds(found: Mapping[str, Any]) -> Iterator[str]:
    """What goes back to customers, as it was and as it would be."""
    yield f"Refunds for them: {_money(found['all'])}."
    if not found["all"]["refunds"]:
        return
    yield f"As before: {_money(found['same'])}."
    if found["stopped"]["refunds"]:
        yield f"Rejected by somebody, whatever the policy: {_money(found['stopped'])}."
    for one in found["by_rule"]:
        yield f"By rule {one['rule']}: {_money(one)}."
    for one in found["changed"]:
        now, was = (f"rule {one[f'{w}_rule']} ({one[f'{w}_method']})" for w in ("would", "was"))
        yield f"{now} instead of {was}: {_money(one)}."
    for name, word in (("gain", "more"), ("lose", "less")):
        if found[name]["customers"]:
            yield f"{found[name]['customers']} customers get {word}: {_amounts(found[name]['minor'])}."
    if found["largest"]:
        yield "Refunds that change most:"
    for one in found["largest"]:
        would, was = (amount_text(one[f"{w}_minor"], one["currency"]) for w in ("would", "was"))
        yield (
            f"  {one['occurred_at']} {one['refund']}: {would} (rule {one['would_rule']}) instead of {was} "
            f"(rule {one['was_rule']})."
        )


def _money(found: Mapping[str, Any]) -> str:
    was, would = _amounts(found["was_minor"]), _amounts(found["would_minor"])
    same = found["was_minor"] == found["would_minor"]
    return f"{found['refunds']} refunds, {would}{'' if same else f' instead of {was}'}"


def _amounts(by_currency: Mapping[str, int]) -> str:
    said = [amount_text(minor, currency) for currency, minor in by_currency.items() if minor]
    return ", ".join(said) or "nothing"


def _sum(found: Mapping[str, Any]) -> str:
    value = ", ".join(
        amount_text(minor, currency) for currency, minor in found["value_minor"].items() if minor
    )
    return f"{found['units']} units{f' worth {value}' if value else ''}"
