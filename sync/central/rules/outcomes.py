"""Refusals with their place in the answer: what is not there, what stands in the way, who may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.refusal import Refused


class Missing(Refused):
    """What was asked about is not there."""


class Conflict(Refused):
    """What is there stands in the way of what was asked."""


class Forbidden(Refused):
    """The asker is known and may not do this; `who` is its name, where it is not noted before."""

    who = ""


class Unauthenticated(Refused):
    """The asker is not known."""


class Stale(Refused):
    """What was asked is based on a record that was changed since."""


class Unreadable(Refused):
    """What was sent cannot be read at all."""


class WrongForm(Refused):
    """What was sent is not in a form that is read here."""


class TooMany(Refused):
    """The asker asks more often than is allowed; `after_s` is when to ask again, in seconds."""

    after_s = 1


@dataclass(frozen=True, slots=True)
class Declined:
    """A decision against what was asked: nothing was done, but that and why it was declined is kept.

    `more` goes into the answer beside what was read, expected and what to do.
    """

    code: str
    read: str
    expected: str
    do: str
    more: Mapping[str, object]


def missing(what: str, code: str) -> Missing:
    """No record of that kind has that code."""
    return Missing(f"{what}.unknown", f"Read the {what} {code[:60]!r}.", "There is none.", "Check the code.")
