"""Decisions told: each with its sentences beside its document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from sync.central.rules.explain import sentences
from sync.central.store import orders
from sync.central.store.decisions import about
from sync.central.store.timeline import events_told

_EVENT = "event:"


def of_order(conn: Connection, code: str) -> dict[str, object]:
    """Every decision about an order, oldest first; an order that was declined has them though it is none.

    Raises:
        Missing: nobody ever sent such an order.
    """
    found = _told(conn, f"order:{code}")
    if not found:
        orders.find(conn, code)
    return {"order": code, "decisions": found}


def of_subject(conn: Connection, subject: str) -> dict[str, object]:
    """Every decision about `order:8841`, `hold:...`, `transfer:...`, in sentences and as it was kept."""
    return {"subject": subject, "decisions": _told(conn, subject)}


def _told(conn: Connection, subject: str) -> list[dict[str, object]]:
    found = about(conn, subject)
    causes = {cause.removeprefix(_EVENT) for entry in found if (cause := _cause(entry)).startswith(_EVENT)}
    happened = events_told(conn, causes)
    return [{**entry, "why": sentences(entry["kind"], _with_cause(entry, happened))} for entry in found]


def _cause(entry: Mapping[str, Any]) -> str:
    return str(entry["document"].get("cause", ""))


def _with_cause(entry: Mapping[str, Any], happened: Mapping[str, str]) -> Mapping[str, Any]:
    """The document with what the event did that it names as its cause."""
    cause = happened.get(_cause(entry).removeprefix(_EVENT))
    document: Mapping[str, Any] = entry["document"]
    return {**document, "happened": cause} if cause is not None else document
