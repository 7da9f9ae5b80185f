"""Sourcing in strict order: by priority and age, each order the best that is left when its turn comes."""

from __future__ import annotations

from collections.abc import Iterator

from sync.central.rules.sourcing.case import Case, Left, Pattern, case_of
from sync.central.rules.sourcing.choice import Choice, choose
from sync.central.rules.sourcing.explain import explained
from sync.central.rules.sourcing.shapes import Answer, Explanation, Need, Wave


def turn(need: Need) -> tuple[int, str, str]:
    """What orders are served by: the smaller first."""
    return (need.priority, need.placed, need.order)


def in_strict_order(wave: Wave) -> Answer:
    """The default: what an order gets never depends on one that comes after it."""
    left = Left(wave)
    found = list[Explanation]()
    for case, choice in _turns(wave, left):
        found.append(explained(case, choice, left))
    return Answer(tuple(found))


def strict_patterns(wave: Wave) -> list[tuple[Case, Pattern]]:
    """The same without the words, in the order of service."""
    return [(case, choice.best or case.nothing) for case, choice in _turns(wave, Left(wave))]


def _turns(wave: Wave, left: Left) -> Iterator[tuple[Case, Choice]]:
    """Each order's choice, before it is taken from what is left."""
    for need in sorted(wave.needs, key=turn):
        case = case_of(wave, need)
        choice = choose(case, left)
        yield case, choice
        left.take(choice.best or case.nothing)
