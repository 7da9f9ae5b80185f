"""What a replay came to: every row of the file in exactly one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.laws import Violation
from app.replay.aftermath import Aftermath
from app.replay.doubts import Credits


@dataclass(frozen=True, slots=True)
class Report:
    """`rows` are all lines but the header and empty ones; `seconds` those of this start alone.

    `applied` are by what the row is, `exceptions` by why it does not fit, `rejected_lines` the numbers of
    malformed lines, in the file's order. `returned` is how every credit line ended, `aftermath` what stands
    open at the centre at the end.
    """

    rows: int
    applied: Mapping[str, int]
    exceptions: Mapping[str, int]
    rejected_lines: tuple[int, ...]
    violations: tuple[Violation, ...]
    seconds: float
    aftermath: Aftermath | None = None
    returned: Credits | None = None

    @property
    def accounted(self) -> int:
        """Rows that ended somewhere; always `rows`."""
        return sum(self.applied.values()) + sum(self.exceptions.values()) + len(self.rejected_lines)

    def to_json(self) -> dict[str, object]:
        """The report as programs read it."""
        return {
            "rows": self.rows,
            "applied": sum(self.applied.values()),
            "applied_by_kind": dict(sorted(self.applied.items())),
            "exceptions": sum(self.exceptions.values()),
            "exceptions_by_reason": dict(sorted(self.exceptions.items())),
            "rejected": len(self.rejected_lines),
            "rejected_lines": list(self.rejected_lines),
            "violations": len(self.violations),
            "seconds": round(self.seconds, 1),
            **({"credits": self.returned.to_json()} if self.returned else {}),
            **({"aftermath": self.aftermath.to_json()} if self.aftermath else {}),
        }

    def to_text(self) -> str:
        """The report as people read it."""
        lines = [f"{self.rows:,} rows in {self.seconds:,.0f} s."]
        lines.append(f"{sum(self.applied.values()):>9,} applied")
        lines += [f"{count:>9,}   {kind.replace('_', ' ')}" for kind, count in sorted(self.applied.items())]
        lines.append(f"{sum(self.exceptions.values()):>9,} exceptions")
        lines += [f"{count:>9,}   {reason}" for reason, count in sorted(self.exceptions.items())]
        lines.append(f"{len(self.rejected_lines):>9,} rejected as malformed")
        lines.append(f"{len(self.violations):>9,} violations")
        lines += self.returned.to_lines() if self.returned else ()
        lines += self.aftermath.to_lines() if self.aftermath else ()
        return "\n".join(lines)
