"""Decisions as they were taken: what was asked, what there was, the rule, the outcome and who came next."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.domain.clock import to_text
from sync.central.store.act import Act
from sync.central.store.prepared import inserting
from sync.central.store.tables import decision


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision about `subject` (`order:8841`, `hold:H-1`, `wave:W-1`); `document` is plain JSON.

    `kind` is a word of `sync.central.rules.explain`; `policy` the version of the allocation policy.
    """

    subject: str
    kind: str
    document: Mapping[str, object]
    policy: str | None = None


def note(act: Act, decisions: Iterable[Decision]) -> None:
    """Keeps decisions with the act that took them."""
    at = to_text(act.posted_at)
    _note.run(
        act.conn,
        [
            {
                "subject": entry.subject,
                "kind": entry.kind,
                "at": at,
                "by": act.operator,
                "policy": entry.policy,
                "document": _spell(entry.document),
            }
            for entry in decisions
        ],
    )


def about(conn: Connection, subject: str) -> Sequence[Mapping[str, Any]]:
    """Every decision about a subject, oldest first, each with its stored document."""
    return [
        {
            "decision": row.id,
            "kind": row.kind,
            "at": row.at,
            "by": row.by,
            "policy": row.policy,
            "document": json.loads(row.document),
        }
        for row in conn.execute(_about, {"which": subject})
    ]


# Made once: with settings of its own, `dumps` makes an encoder for every document.
_spell = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_note = inserting(decision, *(column.name for column in decision.columns if column.name != "id"))
_about = select(decision).where(decision.c.subject == bindparam("which")).order_by(decision.c.id)
