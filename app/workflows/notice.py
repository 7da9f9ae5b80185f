"""What a workflow has to say over its present question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Notice:
    """A message over the present question, gone with the next scan. `ask` keeps the band blue."""

    code: str
    parts: Mapping[str, object] = field(default_factory=dict)
    ask: bool = False
