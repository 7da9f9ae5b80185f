"""What the screen answers to a PIN that was refused, or to what it was to sign."""

from __future__ import annotations

from app.domain.approvals.pin import LOCKED_AT, locked
from app.domain.refusal import Refused
from app.station.approving import Approving
from app.workflows.approvals.context import PinRefused


def pin_refused(approving: Approving, code: str, no: Refused) -> PinRefused:
    """Why, in how many seconds the next try counts, and how many are left before the lock."""
    failed = approving.attempts(code).failed
    return PinRefused(
        no.code,
        seconds=-(-approving.wait_ms(code) // 1000),
        left=max(0, LOCKED_AT - failed),
        detail=f"{no.read} {no.expected}",
        locked=locked(failed),
    )
