"""What the screen of a review shows: the requests, the one in the hand, and the panel that decides."""

from __future__ import annotations

from dataclasses import dataclass

from app.workflows.view_parts import Choice, Fact, ItemCard, Marker


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request that waits; `command` puts it in the hand, `word` says how it is marked.

    `late` marks an age that is too long, `now` the one in the hand.
    """

    command: str
    marker: Marker
    title: str
    detail: str
    value: str
    age: str
    word: str = ""
    picture: str = ""
    late: bool = False
    now: bool = False


@dataclass(frozen=True, slots=True)
class PinAsked:
    """A PIN is wanted. The digits live in the window's field alone until they are handed over.

    `confirm` is the caption of its key.
    """

    title: str
    detail: str
    confirm: str
    note: str


@dataclass(frozen=True, slots=True)
class ReviewWork:
    """Requests, the one in the hand in full, and what can be said about it.

    `letters` are the letter keys of `choices`, which act only while the list has the keyboard; `detail` are
    the facts beside the photo, `story` what happened before, `marked` how far the review is.
    """

    title: str
    late: str
    total: str
    rows: tuple[RequestRow, ...]
    note: str
    empty_title: str = ""
    empty_note: str = ""
    item: ItemCard | None = None
    value: str = ""
    story: tuple[Fact, ...] = ()
    panel_title: str = ""
    marked: str = ""
    choices: tuple[Choice, ...] = ()
    confirm: Choice | None = None
    pin: PinAsked | None = None
