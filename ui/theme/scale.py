"""Text %: how far texts, heights and gaps grow. Edges and radii never do."""

from __future__ import annotations

from dataclasses import dataclass

SMALLEST, LARGEST = 100, 200
STEPS = (100, 125, 150, 175, 200)


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes at one Text %.

    Texts always grow in full. On a `soft` scale heights and gaps grow by less, so that large text leaves room
    for itself: a target is then large enough already, and the work area is not.
    """

    percent: int = 100
    soft: bool = False

    def __post_init__(self) -> None:
        if not SMALLEST <= self.percent <= LARGEST:
            raise ValueError(f"Text {self.percent} %, from {SMALLEST} to {LARGEST} is possible")

    def text(self, px: float) -> float:
        """Pixels of a text or a text's line."""
        return px * self.percent / 100

    def size(self, px: float) -> int:
        """Pixels of a control's height or width."""
        return round(px * (1 + self._over * (0.6 if self.soft else 1.0)))

    def gap(self, px: float) -> int:
        """Pixels of a gap or margin."""
        return round(px * (1 + self._over * (0.2 if self.soft else 1.0)))

    def frame(self, pair: tuple[int, int]) -> int:
        """A length of the frame, straight between its values at 100 % and 200 %."""
        small, large = pair
        return round(small + (large - small) * self._over)

    def softened(self) -> Scale:
        """The same Text % with heights and gaps that grow by less."""
        return Scale(self.percent, soft=True)

    @property
    def _over(self) -> float:
        return (self.percent - 100) / 100


def next_step(percent: int, direction: int) -> int:
    """The next Text % up (`direction` 1) or down (-1); the ends stay where they are."""
    if direction > 0:
        return next((step for step in STEPS if step > percent), LARGEST)
    return next((step for step in reversed(STEPS) if step < percent), SMALLEST)
