"""Why lines come back, in our words: as they were given, or as the policy in force reads another system's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from app.domain.refusal import Refused
from sync.central.commands.requests import ReturnLine
from sync.central.store.returns_policy import returns_policy


def reasons_of(conn: Connection, lines: Sequence[ReturnLine]) -> dict[int, str]:
    """The reason of each line by its number.

    A code that the policy does not map is kept as SYSTEM:CODE: what a customer said is never refused.

    Raises:
        Refused: a line gives no reason or two, or half of an external one.
    """
    return {line.line: _reason(conn, line) for line in lines}


def _reason(conn: Connection, line: ReturnLine) -> str:
    system, code = line.reason_system, line.reason_code
    if line.reason is not None and system is None and code is None:
        return line.reason
    if line.reason is not None or system is None or code is None:
        given = [
            name for name in ("reason", "reason_system", "reason_code") if getattr(line, name) is not None
        ]
        raise Refused(
            "return.reason",
            f"Line {line.line}: read {' and '.join(given) or 'no reason'}.",
            "Expected reason, or reason_system and reason_code.",
            "Give one of the two.",
        )
    policy = returns_policy(conn)
    ours = policy.reason_called(system, code) if policy else None
    return ours.code if ours else f"{system}:{code}"
