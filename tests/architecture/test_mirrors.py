"""Every module of the domain, the ledger and the sync has a test file at the same place under tests/."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.architecture.source_rules import ROOT, project_files

OWING = ("app/domain", "app/ledger", "sync")
"""Folders whose modules owe a test of their own."""

DEBT: frozenset[str] = frozenset()
"""Modules excused for now, as "sync/wire/x.py"; one that has its test may not stay here."""


def mirror(module: str) -> str:
    """Where a module's own test is: sync/wire/codec.py in tests/sync/wire/test_codec.py."""
    path = Path(module)
    return str(Path("tests", path.parent, f"test_{path.stem.strip('_')}.py"))


def owes(module: str, source: str) -> bool:
    """Tell whether a module owes a test; one that defines nothing (a package's front door) does not.

    The steps of a migration are tried together, by the test of the folder's own name.
    """
    if not module.endswith(".py") or not any(module.startswith(f"{folder}/") for folder in OWING):
        return False
    if "/migrations/versions/" in module:
        return False
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(node, definitions) for node in ast.parse(source).body)


def unpaid(modules: Iterable[tuple[str, str]], present: frozenset[str]) -> list[str]:
    """The modules, given as path and text, that owe a test which is not among the files present."""
    return sorted(
        module for module, source in modules if owes(module, source) and mirror(module) not in present
    )


def test_no_module_goes_untested() -> None:
    files = {str(path.relative_to(ROOT)): path for path in project_files() if path.suffix == ".py"}
    modules = ((name, path.read_text(encoding="utf-8")) for name, path in files.items())
    missing = unpaid(modules, frozenset(files))
    lacking = [f"{module} lacks {mirror(module)}" for module in missing if module not in DEBT]
    assert not lacking, "\n".join(lacking)
    assert not DEBT - set(missing), "a debt that is paid: take it off the list"


def test_an_untested_module_is_seen() -> None:
    module = ("sync/wire/codec.py", "def decode(): ...")
    assert unpaid([module], frozenset()) == ["sync/wire/codec.py"]
    assert unpaid([module], frozenset({"tests/sync/wire/test_codec.py"})) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("app/domain/__init__.py", '"""What is true."""'),
        ("ui/shell.py", "class Shell: ..."),
        ("app/domain/words.txt", ""),
        ("app/ledger/migrations/versions/v0002_grades.py", "def upgrade(): ..."),
    ],
)
def test_what_owes_nothing(module: str, source: str) -> None:
    assert not owes(module, source)


def test_a_private_module_is_mirrored_without_its_underscore() -> None:
    assert mirror("app/ledger/_writer.py") == "tests/app/ledger/test_writer.py"
