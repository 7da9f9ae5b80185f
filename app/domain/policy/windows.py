"""How long after it was shipped something may come back for its money, and what is offered later.

A late return is taken in like any other: only what is decided about its money differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.domain.fields import Fields
from app.domain.policy.scope import ANY
from app.domain.policy.text import Text
from app.domain.refusal import Refused

REFUND = "refund"
STORE_CREDIT = "store_credit"
REFUSE = "refuse"
"""What is offered: the money back, store credit, or neither."""

_AFTER = (STORE_CREDIT, REFUSE)
_KEYS = ("categories", "channels", "days", "after")
_MOST_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class Window:
    """So many days from shipment, for items of these categories bought on these channels (`*` is any)."""

    categories: tuple[str, ...]
    channels: tuple[str, ...]
    days: int
    after: str

    def fits(self, category: str, channel: str) -> bool:
        """True when it is the window of such an item bought there."""
        return bool({ANY, category} & set(self.categories)) and bool({ANY, channel} & set(self.channels))


@dataclass(frozen=True, slots=True)
class Offer:
    """Whether a return is within its window, what is offered, and its last day (None: no end)."""

    within_window: bool
    offer: str
    until: date | None


def offered(window: Window | None, shipped: datetime, asked: datetime) -> Offer:
    """What is offered for something shipped at one instant and asked about at another.

    Days are counted in UTC, and the last one counts whole. Without a window there is no end.
    """
    if window is None:
        return Offer(within_window=True, offer=REFUND, until=None)
    until = shipped.astimezone(UTC).date() + timedelta(days=window.days)
    within = asked.astimezone(UTC).date() <= until
    return Offer(within, REFUND if within else window.after, until)


def read_windows(document: Mapping[str, object], text: Text) -> tuple[Window, ...]:
    """The tables `[[window]]`; a policy may have none."""
    return tuple(_window(f) for f in text.lists(document, "window"))


def _window(f: Fields) -> Window:
    for name in f.names():
        if name not in _KEYS:
            raise f.wrong(name, f"no such key, but one of {', '.join(_KEYS)}")
    after = f.text("after")
    if after not in _AFTER:
        raise f.wrong("after", f"one of {', '.join(_AFTER)}")
    return Window(
        f.texts("categories") or (ANY,),
        f.texts("channels") or (ANY,),
        f.whole("days", most=_MOST_DAYS),
        after,
    )


def check_windows(windows: Sequence[Window], categories: Sequence[str], text: Text) -> None:
    """Checks that categories are declared and that no window stands behind one that takes all of its items.

    Raises:
        Refused: the first mistake, with its place in the document.
    """
    for number, window in enumerate(windows, 1):
        place = f"{text.line('window', number)}, window {number}"
        for category in window.categories:
            if category not in {ANY, *categories}:
                raise Refused(
                    "policy.unknown_category",
                    f"{place}: categories holds {category!r}.",
                    f"Expected one of {', '.join((ANY, *categories))}.",
                    "Use one of these.",
                )
        before = windows[: number - 1]
        # A channel that nobody named stands for all of those.
        channels = {channel for one in windows for channel in one.channels}
        cases = [
            (category, channel)
            for category in categories
            for channel in channels
            if window.fits(category, channel)
        ]
        if all(any(one.fits(*case) for one in before) for case in cases):
            raise Refused(
                "policy.dead_window",
                f"{place}: it never counts, earlier windows take all of its items.",
                "Expected windows from the special to the general.",
                "Move it up or remove it.",
            )
