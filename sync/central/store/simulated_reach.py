"""What a simulation reads: one owner's items, as they are now or were in a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.clock import to_text
from app.domain.item import Component
from sync.central.rules.allocation_policy import AllocationPolicy


@dataclass(frozen=True, slots=True)
class Reach:
    """What is read: one owner's items (with the `kits` among them), now or over a period.

    `policy` is the one in force; `since` is None for what is open at `until`, which is now.
    """

    owner: str
    policy: AllocationPolicy
    since: datetime | None
    until: datetime
    skus: Sequence[str] = ()
    kits: Mapping[str, tuple[Component, ...]] = field(default_factory=dict)

    def given(self) -> dict[str, Any]:
        """As parameters of a query over a period."""
        start = to_text(self.since or self.until)
        return {"owner": self.owner, "skus": list(self.skus), "since": start, "until": to_text(self.until)}
