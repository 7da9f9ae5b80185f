"""Every fault of the table has tests that show it, and every test it names is there."""

from __future__ import annotations

import ast
import tomllib
from functools import cache

import pytest

from tests.architecture.source_rules import ROOT

MATRIX = ROOT / "tests" / "faults" / "matrix.toml"
COUNT = 60


def matrix() -> dict[str, dict[str, object]]:
    return tomllib.loads(MATRIX.read_text(encoding="utf-8"))


@cache
def _tests_of(file: str) -> frozenset[str]:
    path = ROOT / file
    if not path.exists():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def wrong(rows: dict[str, dict[str, object]]) -> list[str]:
    """What is wrong with a table of faults, a sentence each."""
    found = [f"fault {n} is missing" for n in range(1, COUNT + 1) if str(n) not in rows]
    for number, row in rows.items():
        named = row.get("tests", [])
        if not named and not row.get("open"):
            found.append(f"fault {number} has no test, and does not say why")
        if not row.get("fault") or not row.get("expect"):
            found.append(f"fault {number} does not say what happens and what is expected")
        for name in named if isinstance(named, list) else []:
            file, _, test = str(name).partition("::")
            if not test.startswith("test_") or test not in _tests_of(file):
                found.append(f"fault {number} names {name}, which is not there")
    return found


def test_every_fault_is_shown_by_tests_that_exist() -> None:
    assert wrong(matrix()) == []


def test_what_is_open_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    still = {number: row["open"] for number, row in matrix().items() if "open" in row}
    with capsys.disabled():
        for number, why in still.items():
            print(f"\nfault {number} is open: {why}", end="")  # noqa: T201 - for whoever empties the list
    assert still == {}, "a fault that is shown may not become open again"


def test_a_row_without_a_test_and_a_test_that_is_not_there_are_found() -> None:
    rows = matrix()
    rows["1"] = {"fault": "x", "expect": "y"}
    rows["2"] = {"fault": "x", "expect": "y", "tests": ["tests/architecture/test_fault_matrix.py::test_none"]}
    del rows["3"]
    assert wrong(rows) == [
        "fault 3 is missing",
        "fault 1 has no test, and does not say why",
        "fault 2 names tests/architecture/test_fault_matrix.py::test_none, which is not there",
    ]
