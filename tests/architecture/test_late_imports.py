"""What is imported inside a function is loaded by one thread at a time (see `app.domain.late`)."""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source_rules import ROOT

# Loaded by the main thread, before there is another.
_BEFORE_THREADS = ("app/command/", "app/ledger/upgrade.py")


def unguarded(source: str) -> Iterator[int]:
    """Lines with an import inside a function and outside `with LOADING`."""
    yield from _within(ast.parse(source), inside=False)


def _within(node: ast.AST, *, inside: bool) -> Iterator[int]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            if inside:
                yield child.lineno
        elif not (isinstance(child, ast.With) and _loads(child)):
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _within(child, inside=inside or function)


def _loads(block: ast.With) -> bool:
    return any(isinstance(x.context_expr, ast.Name) and x.context_expr.id == "LOADING" for x in block.items)


def test_late_imports_are_guarded() -> None:
    found = [
        f"{name}:{line}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        if not (name := path.relative_to(ROOT).as_posix()).startswith(_BEFORE_THREADS)
        for line in unguarded(path.read_text(encoding="utf-8"))
    ]
    assert not found, found


def test_an_import_outside_the_guard_is_found() -> None:
    source = """
    import os
    def one():
        import sys
        with LOADING:
            import json
        with other:
            import csv
    """
    assert list(unguarded(textwrap.dedent(source))) == [4, 8]


def test_two_threads_load_the_bar_codes_from_two_sides(tmp_path: Path) -> None:
    program = tmp_path / "both.py"
    program.write_text(
        textwrap.dedent(
            """
            import sys, threading
            from app.documents import bars

            class Slow:
                "Gives the other thread time to come in by the other door."
                def find_spec(self, name, path=None, target=None):
                    if name.startswith("barcode."):
                        threading.Event().wait(0.05)

            sys.meta_path.insert(0, Slow())
            broken, doors = [], threading.Barrier(2)

            def enter(door):
                doors.wait()
                try:
                    door()
                except BaseException as why:
                    broken.append(why)

            doors_of = (lambda: bars._packed("00123456"), bars._patterns)
            threads = [threading.Thread(target=enter, args=(door,)) for door in doors_of]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            sys.exit(repr(broken) if broken else 0)
            """
        )
    )
    ended = subprocess.run(
        [sys.executable, str(program)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
