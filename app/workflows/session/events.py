"""The events of a session: when somebody began, locked the screen, came back, left. None moves a unit."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.event import Event, EventKind


def session_event(
    kind: EventKind, event_id: str, person: str, session: str, body: Mapping[str, object]
) -> Event:
    """What happened to a session.

    Args:
        kind: one of the four of a session.
        event_id: of the event.
        person: whose session, by the id that stands for them.
        session: which.
        body: what more there is to say; no names of people.
    """
    return Event(
        event_id=event_id,
        kind=kind,
        subject=(f"session:{session}",),
        operator=person,
        session=session,
        body=body,
    )
