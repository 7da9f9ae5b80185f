"""The part of a review that survives a power cut, as JSON and back: marks and first signatures, no secret."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.event import Event, split_facts
from app.domain.fields import Fields
from app.domain.refusal import Refused
from app.workflows.approvals.state import WORK, Half, Mark, Marked, ReviewState

DRAFT_VERSION = 1


def to_draft(state: ReviewState) -> dict[str, object]:
    """The review as JSON."""
    return {
        "work": WORK,
        "version": DRAFT_VERSION,
        "at": state.at,
        "marks": [{"cause": m.cause, "mark": m.mark, "why": m.why} for m in state.marks],
        "halves": [
            {"cause": h.cause, "by": h.by, "event": dict(h.event), "approval": dict(h.approval)}
            for h in state.halves
        ],
    }


def from_draft(document: Mapping[str, object]) -> ReviewState:
    """Reads a draft back.

    Raises:
        Refused: the draft was written by a newer version of the program.
    """
    f = Fields(document, "draft of a review")
    if f.whole("version") > DRAFT_VERSION:
        raise Refused(
            "draft.too_new",
            f"Read a review of version {f.whole('version')}.",
            f"This program reads version {DRAFT_VERSION}.",
            "Open it with the newer program.",
        )
    return ReviewState(
        at=f.text_or("at", ""),
        marks=tuple(
            Marked(m.text("cause"), Mark(m.text("mark")), m.text_or("why", "")) for m in f.objects("marks")
        ),
        halves=tuple(
            Half(h.text("cause"), h.text("by"), h.inner("event").raw(), h.inner("approval").raw())
            for h in f.objects("halves")
        ),
    )


def event_to_json(event: Event) -> dict[str, object]:
    """A write-off as the first of two approvers saw it, so that the second signs the very same."""
    return {
        "event_id": event.event_id,
        "kind": str(event.kind),
        "subject": list(event.subject),
        "operator": event.operator,
        "session": event.session,
        "facts": event.facts(),
        "policy_ver": event.policy_ver,
    }


def event_from_json(document: Mapping[str, object]) -> Event:
    """Reads what `event_to_json` wrote."""
    f = Fields(document, "a write-off that waits for a second approver")
    moves, body = split_facts(f.inner("facts").raw())
    return Event(
        event_id=f.text("event_id"),
        kind=f.text("kind"),
        subject=f.texts("subject"),
        operator=f.text("operator"),
        session=f.text("session"),
        moves=moves,
        body=body,
        policy_ver=f.maybe_text("policy_ver"),
    )
