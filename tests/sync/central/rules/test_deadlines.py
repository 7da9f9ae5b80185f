"""Days by type, by family, by default; what is no table is refused, and the shipped one names real types."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.refusal import Refused
from sync.central.rules.deadlines import deadlines, read_deadlines
from tests.architecture.source_rules import ROOT

OPENED = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
TABLE = 'default = 7\n[days]\n"stock.negative" = 2\n"stock.*" = 4\n'


@pytest.mark.parametrize(("kind", "day"), [("stock.negative", 3), ("stock.other", 5), ("item.unknown", 8)])
def test_the_nearest_name_counts(kind: str, day: int) -> None:
    assert read_deadlines(TABLE).due(kind, OPENED) == OPENED.replace(day=day)


@pytest.mark.parametrize(
    "source",
    [
        "default = ",
        "[days]\n",
        "default = 0\n",
        "default = true\n",
        "default = 7\nhours = 1\n",
        "default = 7\ndays = 3\n",
        'default = 7\n[days]\n"a.b" = "soon"\n',
        'default = 7\n[days]\n"a.b" = 367\n',
    ],
)
def test_what_is_no_table_is_refused(source: str) -> None:
    with pytest.raises(Refused) as no:
        read_deadlines(source)
    assert no.value.code == "deadlines.unfit"


def test_the_shipped_table_names_only_what_the_centre_opens() -> None:
    said = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "sync/central").rglob("*.py"))
    table = deadlines()
    # Some types are put together, from the family and a word.
    unknown = [name for name in table.days if name.rstrip("*") not in said]
    assert [name for name in unknown if name.partition(".")[0] + ".{" not in said] == []
    assert table.default > 0
