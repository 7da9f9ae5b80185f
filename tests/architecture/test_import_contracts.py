"""Imports run one way through the house, and each contract is shown an import that it must refuse."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.source_rules import ROOT, SOURCE_FOLDERS

ROOMS = (
    "app/domain",
    "app/scanning",
    "app/workflows",
    "app/ledger",
    "app/queries",
    "app/documents",
    "app/vault",
    "app/station",
    "app/command",
    "app/demo",
    "app/replay",
    "sync/wire",
    "sync/client",
    "sync/central",
)
CHECK = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


def lint_imports(root: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Judge the packages below a root by the contracts of its pyproject.toml."""
    chosen = [word for contract in contracts for word in ("--contract", contract)]
    return subprocess.run(
        [sys.executable, "-c", CHECK, "--no-cache", "--no-logo", *chosen],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "COLUMNS": "200"},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house of the same plan with empty rooms, so that what is planted is the only import there is."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in (*SOURCE_FOLDERS, *ROOMS):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "app/bootstrap.py").touch()
    return tmp_path


@pytest.fixture
def plant(house: Path) -> Callable[[str, str], None]:
    """Write one line into a module of the house."""

    def write(module: str, line: str) -> None:
        (house / module).write_text(f"{line}\n", encoding="utf-8")

    return write


def test_the_contracts_are_kept() -> None:
    judged = lint_imports(ROOT)
    assert judged.returncode == 0, judged.stdout + judged.stderr


def test_a_copy_of_the_real_house_goes_red_by_one_import(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in SOURCE_FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    module = tmp_path / "app/domain/account.py"
    module.write_text(f"{module.read_text(encoding='utf-8')}\nimport app.workflows\n", encoding="utf-8")
    judged = lint_imports(tmp_path, "app")
    assert judged.returncode == 1
    assert "app.domain.account -> app.workflows" in judged.stdout


def test_empty_rooms_break_nothing(house: Path) -> None:
    judged = lint_imports(house)
    assert judged.returncode == 0, judged.stdout + judged.stderr


def test_rooms_that_are_not_there_break_nothing(house: Path) -> None:
    for name in ROOMS:
        shutil.rmtree(house / name, ignore_errors=True)
    (house / "app/bootstrap.py").unlink()
    judged = lint_imports(house)
    assert judged.returncode == 0, judged.stdout + judged.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("app/domain/item.py", "import app.ledger", "app"),
        ("app/domain/item.py", "import sync", "house"),
        ("app/domain/item.py", "import ui", "house"),
        ("app/scanning/frame.py", "import app.station", "app"),
        ("app/ledger/writer.py", "import app.bootstrap", "app"),
        ("app/station/engine.py", "import devices", "house"),
        ("app/bootstrap.py", "import app.demo", "app"),
        ("app/demo/day.py", "import app.command", "app"),
        ("app/attic.py", "x = 1", "app"),
        ("sync/attic.py", "x = 1", "sync"),
        ("sync/wire/codec.py", "import sync.client", "sync"),
        ("sync/client/push.py", "import sync.central", "sync"),
        ("sync/central/post.py", "import sync.client", "sync"),
        ("ui/shell.py", "import devices", "apart"),
        ("ui/shell.py", "import sync.client", "apart"),
        ("devices/scanner.py", "import ui", "apart"),
        ("sync/client/push.py", "import devices", "apart"),
        ("sync/central/post.py", "import app.ledger", "centre"),
        ("sync/central/post.py", "from app.scanning import frame", "centre"),
        ("sync/wire/codec.py", "import app.queries", "centre"),
        ("app/workflows/bench.py", "import PySide6.QtCore", "qt"),
        ("devices/scanner.py", "from PySide6 import QtCore", "qt"),
        ("sync/client/push.py", "import PySide6", "qt"),
        ("app/station/engine.py", "import serial", "serial"),
        ("ui/shell.py", "from serial.tools import list_ports", "serial"),
        ("app/station/engine.py", "import sqlalchemy", "database"),
        ("sync/client/push.py", "from sqlalchemy import orm", "database"),
        ("devices/scanner.py", "import pysqlite3", "database"),
        ("app/ledger/slip.py", "import reportlab.pdfgen", "documents"),
        ("ui/shell.py", "import barcode", "documents"),
        ("devices/printer.py", "import httpx", "http"),
        ("app/station/engine.py", "import fastapi", "http"),
    ],
)
def test_a_planted_import_is_refused(
    house: Path, plant: Callable[[str, str], None], module: str, line: str, contract: str
) -> None:
    plant(module, line)
    judged = lint_imports(house, contract)
    assert judged.returncode == 1, judged.stdout + judged.stderr
    assert "0 kept, 1 broken" in judged.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("ui/shell.py", "import PySide6.QtWidgets, app.station, app.domain"),
        ("devices/scanner.py", "import serial, app.domain, app.scanning"),
        ("app/ledger/writer.py", "import sqlalchemy, pysqlite3, alembic, app.domain"),
        ("app/queries/balances.py", "import sqlalchemy, app.ledger"),
        ("app/documents/label.py", "import reportlab, barcode, app.scanning"),
        ("sync/central/post.py", "import sqlalchemy, psycopg, fastapi, sync.wire, app.domain"),
        ("sync/client/push.py", "import httpx, sync.wire, app.ledger"),
        ("app/bootstrap.py", "import httpx, ui, devices, sync.client, app.station"),
        ("app/__main__.py", "import app.command, app.demo, app.replay, app.bootstrap, sync.central"),
    ],
)
def test_what_a_room_may_import_is_not(
    house: Path, plant: Callable[[str, str], None], module: str, line: str
) -> None:
    plant(module, line)
    judged = lint_imports(house)
    assert judged.returncode == 0, judged.stdout + judged.stderr
