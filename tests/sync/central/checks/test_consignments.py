"""What is planted beside consignments is found, each fault by its name; an honest day has none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from sync.central.audit import audit_connection
from tests.sync.central.checks.busy import update
from tests.sync.central.outward import CERTIFICATE, Outward, both, open_outward


class _BackAgain(Exception):  # noqa: N818 - no error: how a transaction is left without a trace
    pass


@pytest.fixture(params=["sqlite", "postgresql"])
def outward(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outward]:
    """G-1-8 is settled with its papers, G-2-6 came back and is packed, G-3-4 is drafted, G-4-2 has left."""
    with open_outward(tmp_path, both(request)) as found:
        found.returned("H", "L07-1-X", state="quarantined.awaiting_write_off", place="HOLD-3")
        found.writes_off("H")
        code = found.leaves("scrap", {"label": "L07-1-X"})
        found.hands_over(code)
        found.settles(code, certificate=CERTIFICATE | {"witness": "Kim"}, fee_minor=100)
        for n in (2, 3, 4):
            found.returned("B", f"L07-{n}-X")
        found.comes_back(found.leaves("liquidate", {"label": "L07-2-X"}))
        found.drafts("vendor_return", {"label": "L07-3-X"})
        found.leaves("vendor_return", {"label": "L07-4-X"})
        yield found


def broken(outward: Outward, *changes: str) -> set[str]:
    """Subjects of what the audit finds about consignments after changes that do not last."""
    found = set[str]()
    with suppress(_BackAgain), outward.shop.database.write() as conn:
        for change in changes:
            assert conn.exec_driver_sql(change).rowcount > 0, change
        found |= {v.subject for v in audit_connection(conn).violations if v.law == "consignment"}
        raise _BackAgain
    return found


def head(change: str, code: str) -> str:
    return update("consignment", change, f"code = '{code}'")


def test_the_codes_are_those_that_are_told(outward: Outward) -> None:
    assert broken(outward, head("note = 'x'", "G-1-8")) == set()
    states = outward.shop.ask(
        lambda conn: conn.exec_driver_sql("SELECT code, state FROM consignment ORDER BY code").all()
    )
    assert [tuple(row) for row in states] == [
        ("G-1-8", "settled"),
        ("G-2-6", "packed"),
        ("G-3-4", "drafted"),
        ("G-4-2", "departed"),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("state = 'departed'", "G-1-8"),
        ("state = 'departed'", "G-2-6"),
        ("state = 'packed'", "G-3-4"),
        ("state = 'packed'", "G-4-2"),
        ("departed_event = NULL", "G-4-2"),
        ("settled_event = NULL", "G-1-8"),
        ("departed_event = 'e'", "G-2-6"),
        ("route = 'liquidate'", "G-4-2"),
        ("route = 'burn'", "G-4-2"),
    ],
)
def test_a_head_beside_its_steps_and_events_is_named(outward: Outward, change: str, code: str) -> None:
    assert code in broken(outward, head(change, code))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE consignment_line SET qty = 2 WHERE consignment = 'G-4-2'",
        "UPDATE consignment_line SET account = 1 WHERE consignment = 'G-4-2'",
        "DELETE FROM consignment_line WHERE consignment = 'G-4-2'",
    ],
)
def test_lines_that_are_not_what_left_are_named(outward: Outward, change: str) -> None:
    assert broken(outward, change) == {"G-4-2"}


def test_a_unit_in_two_open_consignments_is_named(outward: Outward) -> None:
    change = (
        "INSERT INTO consignment_line (consignment, line, account, sku, qty) "
        "SELECT 'G-3-4', 9, account, sku, qty FROM consignment_line WHERE consignment = 'G-2-6'"
    )
    assert broken(outward, change) == {"unit L07-2-X"}


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM certificate WHERE consignment = 'G-1-8'",
        "DELETE FROM handover WHERE consignment = 'G-1-8'",
        "UPDATE certificate SET witness = NULL WHERE consignment = 'G-1-8'",
        "UPDATE certificate SET weight_g = NULL WHERE consignment = 'G-1-8'",
        "UPDATE certificate SET number = 'C-1' WHERE consignment = 'G-1-8'",
    ],
)
def test_a_disposal_without_its_papers_is_named(outward: Outward, change: str) -> None:
    assert broken(outward, change) == {"G-1-8"}


def test_an_event_that_no_consignment_knows_is_named(outward: Outward) -> None:
    change = "DELETE FROM consignment_step WHERE consignment = 'G-4-2' AND step = 'departed'"
    found = broken(outward, change)
    assert "G-4-2" in found
    assert any(subject.startswith("event ") for subject in found)


def test_a_regulated_write_off_beside_its_event_is_found_as_well(outward: Outward) -> None:
    laws = set[str]()
    with suppress(_BackAgain), outward.shop.database.write() as conn:
        conn.exec_driver_sql("UPDATE write_off SET regulated = NULL")
        laws |= {v.law for v in audit_connection(conn).violations}
        raise _BackAgain
    assert "write-off" in laws
