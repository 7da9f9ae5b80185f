"""Splitting an amount over units so that all its parts add up to it, whatever the parts and their order."""

from __future__ import annotations


def share(amount: int, of: int, start: int, end: int) -> int:
    """What the units `start` to `end` (exclusive) out of `of` have of an amount, in whole minor units.

    It is the difference of two sums that are rounded half to even, so parts that follow each other add up to
    the amount exactly: no cent is lost and none is made.

    Raises:
        ValueError: the units are not among those there are.
    """
    if not 0 <= start <= end <= of:
        raise ValueError(f"units {start} to {end} are not among {of}")
    return _up_to(amount, of, end) - _up_to(amount, of, start)


def ratio(amount: int, part: int, whole: int) -> int:
    """`amount` x `part` / `whole`, rounded half to even; `whole` is not zero."""
    if whole < 0:
        part, whole = -part, -whole
    quotient, rest = divmod(amount * part, whole)
    twice = 2 * rest
    return quotient + (twice > whole or (twice == whole and quotient % 2 == 1))


def _up_to(amount: int, of: int, units: int) -> int:
    return amount if units == of else ratio(amount, units, of)
