"""The window's own words, for what no view says: captions of the frame and of panels."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Captions:
    """English captions; another language is another instance."""

    last: str = "Last"
    more: str = "More"
    close: str = "Close"
    type_code: str = "Type a code"
    send_code: str = "Use this code"
    training: str = "TRAINING"
    recent: str = "Last jobs at this bench"
    newest_first: str = "newest first"
    nothing_to_scan: str = "Nothing to scan?"
    parked: str = "Parked jobs"
    parked_empty: str = "**HOLD** parks a job; it waits here."
    parked_turn: str = "{number} of {count}"
    resume: str = "Resume"
    expected: str = "Expected"
    next_item: str = "Next"
    help_title: str = "Help"
    status_title: str = "This station"
    codes_title: str = "Codes to try"
    codes_tab: str = "Codes"
    screens: str = "Screens"
    enter: str = "Enter"
    pin_back: str = "Take the last digit away"
    pin_empty: str = "Empty the PIN"
