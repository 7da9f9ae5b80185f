"""The statements by which an answer is written on the row of a write-off's request."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, null, update

from sync.central.store.prepared import Many, updating
from sync.central.store.tables import write_off

NOTHING_LEFT: dict[str, Any] = {name: null() for name in ("event_id", "regulated", "dispose_by")}
"""What only the row of an approved write-off has."""


def answering(*names: str, **values: Any) -> Many:
    """Notes who answered, when and why (`to`, `by`, `when`, `why`) on the row `which`.

    Args:
        names: parameters that `values` bind beside those.
        values: further columns that the answer sets.
    """
    said = {"state": "to", "decided_by": "by", "decided_at": "when", "decision_reason": "why"}
    changed = update(write_off).where(write_off.c.code == bindparam("which"))
    bound: dict[str, Any] = {column: bindparam(name) for column, name in said.items()}
    return updating(changed.values(**bound, **values), "which", *said.values(), *names)
