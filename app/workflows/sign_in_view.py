"""What stands before every job while a screen is locked or nobody is signed in."""

from __future__ import annotations

from dataclasses import dataclass

from app.workflows.review_view import PinAsked
from app.workflows.view_parts import Choice, Marker


@dataclass(frozen=True, slots=True)
class SignInWork:
    """How the screen is opened again; nothing of a job can be done on it.

    `notes` say what is kept meanwhile, each with its marker. With `any_key` any key opens the screen, as the
    proposed choice does; with `pin` a PIN is typed.
    """

    title: str
    detail: str
    icon: str
    notes: tuple[tuple[Marker, str], ...]
    choices: tuple[Choice, ...]
    any_key: bool = False
    pin: PinAsked | None = None
