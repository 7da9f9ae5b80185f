"""What can reach a receipt, and what a step of it may know beside its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.item import Item
from app.domain.policy.floor import FloorRules
from app.domain.transfer import Transfer
from app.workflows.context import Bench
from app.workflows.receiving.state import Received, ReceivingState
from app.workflows.scanned import Entered, FoundItem, NotFound, Other, Said, Stepped, Unreadable


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """A transfer, with what this station received of it counted in; `draft` is a receipt that was parked."""

    raw: str
    transfer: Transfer
    items: Mapping[str, Item]
    draft: ReceivingState | None = None


Input = FoundDocument | FoundItem | NotFound | Unreadable | Other | Said | Entered | Stepped


@dataclass(frozen=True, slots=True)
class Moment:
    """One step's worth of the world. `dock` is where goods are put; `rules` what policy says of receipts."""

    here: Bench
    dock: str
    policy_ver: str
    rules: FloorRules
    event_id: str
    local: str
    undoable: Received | None = None
