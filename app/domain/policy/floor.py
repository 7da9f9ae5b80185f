"""What a policy says of counts and receipts: how much a count may change unasked, whose goods are trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.policy.text import Text

_MOST_MINOR = 10**12
_MOST_REASONS = 9


@dataclass(frozen=True, slots=True)
class CountLimit:
    """Up to what worth, in minor units of a currency, a count's differences are booked without a person.

    The worth is that of all units found more or less in the bin, never set off against each other.
    """

    limit_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class FloorRules:
    """`count` is None where every difference waits for a person.

    `trusted` are sites whose transfers may be taken as their document says, `reasons` the id and text of why
    a line came otherwise, in the order of their numbers on the mat.
    """

    count: CountLimit | None = None
    trusted: tuple[str, ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()

    def reason_text(self, reason: str) -> str:
        """The words for a reason, or its id when the policy does not know it."""
        return dict(self.reasons).get(reason, reason)


NO_RULES = FloorRules()


def read_floor(document: Mapping[str, object], text: Text) -> FloorRules:
    """Reads the tables `counting` and `receiving`; both may be left out.

    Raises:
        Refused: a key that means nothing, or more reasons than the mat has answers.
    """
    whole = dict(document)
    limit: CountLimit | None = None
    trusted: tuple[str, ...] = ()
    reasons = list[tuple[str, str]]()
    if "counting" in whole:
        f = text.table(whole, "counting")
        for name in f.names():
            if name not in {"limit_minor", "currency"}:
                raise f.wrong(name, "one of limit_minor, currency")
        limit = CountLimit(f.whole("limit_minor", most=_MOST_MINOR), f.text("currency"))
    if "receiving" in whole:
        f = text.table(whole, "receiving")
        for name in f.names():
            if name not in {"trusted", "reasons"}:
                raise f.wrong(name, "one of trusted, reasons")
        trusted = f.texts("trusted")
        if "reasons" in f.names():
            inner = f.inner("reasons")
            reasons = [(name, inner.text(name)) for name in inner.names()]
            if len(reasons) > _MOST_REASONS:
                raise f.wrong("reasons", f"at most {_MOST_REASONS}, one for each answer of the mat")
    return FloorRules(limit, trusted, tuple(reasons))
