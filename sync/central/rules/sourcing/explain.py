"""A choice in words: the rule that decided, why the runner-up lost, what could not be."""

from __future__ import annotations

from collections.abc import Iterator

from sync.central.rules.sourcing.case import Case, Left, Pattern
from sync.central.rules.sourcing.choice import Choice, rank
from sync.central.rules.sourcing.shapes import Explanation, Plan, Refusal


def explained(case: Case, choice: Choice, left: Left, strict: Plan | None = None) -> Explanation:
    """Why the best pattern was chosen; `left` is what was left before it was taken."""
    best = choice.best or case.nothing
    other = choice.runner_up
    rule, why = _decided(best, other)
    return Explanation(
        case.plan(best),
        rule,
        why,
        case.plan(other) if other else None,
        (*case.refused, *_sites(case, choice, left), *_limits(case, choice, best)),
        strict,
    )


def _decided(best: Pattern, other: Pattern | None) -> tuple[str, str]:
    if not best.sites:
        if other is None:
            return "nothing_fits", "no site can ship any of it"
        return "not_worth_it", f"waiting costs {best.cost}, shipping {other.cost} ({_names(other)})"
    if other is None:
        return "only_plan", f"nothing but {_names(best)} can ship it"
    against = f"{_names(other)} would cost {other.cost}"
    if best.lacking < other.lacking:
        lines = other.lacking - best.lacking
        return "serves_more", f"{_names(best)} ships {lines} more of its lines for {best.cost}; {against}"
    if best.cost < other.cost:
        return "cheapest", f"{_names(best)} costs {best.cost}; {against}"
    if len(best.sites) < len(other.sites):
        return (
            "fewer_parcels",
            f"{_names(best)} costs {best.cost} as well as {_names(other)}, in fewer parcels",
        )
    return "site_order", f"{_names(best)} and {_names(other)} both cost {best.cost}; the first by code ships"


def _sites(case: Case, choice: Choice, left: Left) -> Iterator[Refusal]:
    for site in case.legs:
        if left.parcels[site] < 1:
            yield Refusal((site,), "capacity", f"{site} can pack no more parcels today")
            continue
        if site in choice.aside:
            yield Refusal(
                (site,), "left_aside", f"{site} was not tried: too many sites, and others look better"
            )
            continue
        short = [
            f"{line.qty} of {line.sku}"
            for line, ways in zip(case.need.lines, choice.table, strict=True)
            if site not in ways
        ]
        if short:
            yield Refusal((site,), "no_stock", f"{site} does not have {', '.join(short)}")


def _limits(case: Case, choice: Choice, best: Pattern) -> Iterator[Refusal]:
    """Cheaper plans that a rule stood against."""
    for rule, pattern in sorted(choice.refused.items()):
        if rank(pattern) >= rank(best):
            continue
        why = {
            "parcels": f"{len(pattern.sites)} parcels are more than the {case.parcels} allowed",
            "incomplete": f"{pattern.lacking} of its lines would wait, and the order ships complete",
            "split_cost": f"splitting would cost {case.split_extra(pattern.sites)}, more than "
            f"the {case.policy.most_split_minor} allowed",
            "kept": "a line would wait that strict order serves",
        }[rule]
        yield Refusal(pattern.sites, rule, f"{_names(pattern)} would cost {pattern.cost}, but {why}")


def _names(pattern: Pattern) -> str:
    return " with ".join(pattern.sites)
