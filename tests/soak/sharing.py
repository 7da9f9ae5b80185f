"""How the time of a soak is shared out, so that it ends about when it was told to."""

from __future__ import annotations

from collections.abc import Callable, Mapping


class Shares:
    """Each part's time, out of what is left when its turn comes: who is early or late moves the others.

    Args:
        weights: what each part gets of the whole, in proportion.
        seconds: the whole.
        now: seconds of a clock that only goes forward.
    """

    def __init__(self, weights: Mapping[str, float], seconds: float, now: Callable[[], float]) -> None:
        self._weights = dict(weights)
        self._now = now
        self._end = now() + seconds

    def take(self, part: str) -> float:
        """The seconds of this part, whose turn is now; 0 when nothing is left.

        Raises:
            KeyError: it had its turn, or is none of them.
        """
        whole = sum(self._weights.values())
        left = max(0.0, self._end - self._now())
        return left * self._weights.pop(part) / whole
