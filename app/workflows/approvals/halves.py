"""Whether the first of two approvers signed what waits now: the second signs what is shown, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.approvals import Approval, Certificate, Statement
from app.domain.refusal import Refused
from app.workflows.approvals.drafts import event_from_json
from app.workflows.approvals.state import Half, Pending


def fits(half: Half, pending: Pending) -> bool:
    """True while the units, where they stand and their value are those that the first approver signed."""
    if half.cause != pending.cause:
        return False
    try:
        moves = event_from_json(half.event).moves
        said = Statement.read(Approval.from_json(half.approval).statement)
    except Refused:
        return False
    taken = [(move.source, move.qty) for move in moves]
    worth = (said.value, said.currency)
    return taken == [(pending.account, pending.qty)] and worth == (pending.value, pending.currency)


def signing_key(approval: Mapping[str, object]) -> bytes:
    """The public key of whoever signed it, as their certificate says; nobody's when that cannot be read."""
    try:
        return Certificate.read(Approval.from_json(approval).certificate).public_key
    except Refused:
        return b""


def signed_by(halves: Sequence[Half], pending: Pending) -> str:
    """The first approver of what waits; nothing while nobody signed it as it is now."""
    return next((half.by for half in halves if fits(half, pending)), "")
