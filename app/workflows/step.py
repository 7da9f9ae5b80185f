"""What every workflow answers to an input: where it stands then, and what the world is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from app.workflows.effects import Effect

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    """The next state, what the world is asked to do, and the name of the route taken (for the trace)."""

    state: S
    effects: tuple[Effect, ...]
    route: str
