"""Parts that every screen is made of: the band, choices, markers, the card of an item; all frozen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BandState(StrEnum):
    """The five fills of the band; each has its own icon, shape and tone (not only a colour)."""

    REST = "rest"
    ASK = "ask"
    OK = "ok"
    ATTENTION = "attention"
    STOP = "stop"


class Tone(StrEnum):
    """What is heard with a band; the durations and pitches are design tokens."""

    NONE = "none"
    OK = "ok"
    QUESTION = "question"
    ATTENTION = "attention"
    STOP = "stop"
    DONE = "done"


class Marker(StrEnum):
    """Silhouette at the left of a row, told apart without colour."""

    OK = "ok"
    NOW = "now"
    ATTENTION = "attention"
    STOP = "stop"
    OPEN = "open"
    WAITS_TO_SEND = "waits_to_send"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Band:
    """The one ask of the screen.

    `headline` has at most 45 signs, `hint` at most 100. `context` stands at the right ("1 item left");
    `steps` draws `(current, total)` as small bars beside it.
    """

    state: BandState
    icon: str
    headline: str
    hint: str
    context: str = ""
    steps: tuple[int, int] | None = None
    tone: Tone = Tone.NONE


@dataclass(frozen=True, slots=True)
class Choice:
    """A touch target that stands for one command; `key` is its key name or mat word shown small.

    `proposed` marks the one choice of a screen that is drawn filled and that Enter takes; most screens
    propose nothing, a stop never does. `chosen` marks what stands there already, such as the last digit.
    """

    command: str
    title: str
    detail: str = ""
    icon: str = ""
    key: str = ""
    enabled: bool = True
    proposed: bool = False
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its word at the foot of a panel."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value on the item card; `marker` and `word` follow the value when set."""

    label: str
    value: str
    marker: Marker | None = None
    word: str = ""


@dataclass(frozen=True, slots=True)
class ItemCard:
    """The item in the hand. `picture` is a content address or empty (then a plain box icon is drawn)."""

    name: str
    sku: str
    facts: tuple[Fact, ...] = ()
    picture: str = ""
