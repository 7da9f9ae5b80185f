"""The idle screen of a job beside the bench: what was done or is to come, and the way to the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.workflows.texts import Texts
from app.workflows.view import Choice, Figure, HeldJob, IdleWork, RecentJob


class Listed(Protocol):
    """What the screen lists, and its words."""

    @property
    def texts(self) -> Texts:
        """The catalogue of the people's language."""

    @property
    def recent(self) -> tuple[RecentJob, ...]:
        """What was done last, or comes next."""

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Of today."""

    @property
    def held(self) -> tuple[HeldJob, ...]:
        """What is parked."""


def job_idle(shown: Listed, prefix: str, others: Sequence[tuple[str, str, str]]) -> IdleWork:
    """The screen of the job whose texts begin with `prefix`; `others` are word, text and icon of each."""
    texts = shown.texts

    def say(name: str) -> str:
        return texts.say(f"{prefix}.idle.{name}")

    goes = (Choice(word, texts.say(code), icon=icon, key=texts.word(word)) for word, code, icon in others)
    return IdleWork(
        recent=shown.recent,
        empty_note=say("empty"),
        note=say("note") if shown.recent else "",
        figures=shown.figures,
        choices=(Choice("type_code", say("type"), icon="hash", key="F2"), *goes),
        held=shown.held,
        recent_title=say("recent"),
        choices_title=say("choices"),
        held_title=say("held"),
        held_note=say("held_note"),
    )
