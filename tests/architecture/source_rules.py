"""The rules that every file of the project keeps, each a function from a text to the lines that break it."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE_FOLDERS = ("app", "ui", "devices", "sync", "resources")

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
LONGEST_CLASS = 250
VAGUE_NAMES = frozenset({"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"})

# Written in pieces, so that this file keeps the rules it states.
_OPEN = "(?:TO" + "DO|FIX" + "ME)"
OPEN_WORK = re.compile(rf"(?:#|//|;|--)\s*{_OPEN}\b|\b{_OPEN}\s*[:(]")
MACHINE_PATH = re.compile(r"(?<![\w.\-])/(?:wo" + r"rk/|ro" + r"ot/|tmp/" + r"w\b)")
REGISTRY = re.compile(
    "|".join(
        rf"\b{name}\.{ending}\b"
        for name, ending in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("npmjs", "(?:org|com)"),
            ("crates", "io"),
            ("golang", "org"),
            ("rubygems", "org"),
            ("anaconda", "(?:org|com)"),
            ("registry", "yarnpkg"),
        )
    )
)

UNWANTED = {"open work": OPEN_WORK, "a machine's path": MACHINE_PATH, "a registry": REGISTRY}

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def project_files(root: Path = ROOT, *, new: bool = True) -> list[Path]:
    """Every file of the project below a root, with those that git does not track yet or without `new` ones.

    Where git cannot tell, all there is.
    """
    command = ["git", "ls-files", "-z", "--cached"]
    command += ["--others", "--exclude-standard"] if new else []
    listed = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    if listed.returncode == 0:
        return sorted(path for name in listed.stdout.split("\0") if name and (path := root / name).is_file())
    hidden = {".git", ".venv", "build", "out", "__pycache__"}
    return sorted(
        path
        for path in root.rglob("*")
        if path.is_file() and not any(part in hidden or part.endswith("_cache") for part in path.parts)
    )


def text_of(path: Path) -> str | None:
    """A file's text, or None when it holds something else."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@lru_cache(maxsize=1)
def tree_of(source: str) -> ast.Module:
    """A source as Python reads it, kept for the next rule that reads the same; nobody changes it.

    Raises:
        SyntaxError: it is none.
    """
    return ast.parse(source)


def size_faults(source: str) -> Iterator[str]:
    """Modules, classes and functions that are too long to be read at one go."""
    length = len(source.splitlines())
    if length > LONGEST_MODULE:
        yield f"1: module of {length} lines (at most {LONGEST_MODULE})"
    for node in ast.walk(tree_of(source)):
        if isinstance(node, Definition):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            limit = LONGEST_CLASS if isinstance(node, ast.ClassDef) else LONGEST_FUNCTION
            if length > limit:
                yield f"{node.lineno}: {node.name} of {length} lines (at most {limit})"


def name_faults(path: Path) -> Iterator[str]:
    """Module and folder names that say nothing; the path is relative to the root."""
    for part in (*path.parent.parts, path.stem):
        if part.removeprefix("test_") in VAGUE_NAMES:
            yield f"1: {part} says nothing about what lives there"


def word_faults(text: str) -> Iterator[str]:
    """Work left open, paths of one machine, hosts of package registries: in any text, not only in code."""
    for number, line in enumerate(text.splitlines(), 1):
        for what, pattern in UNWANTED.items():
            if found := pattern.search(line):
                yield f"{number}: {what}: {found[0]}"


def stub_faults(source: str) -> Iterator[str]:
    """Stubs, and tests that are put aside without a reason."""
    called: set[ast.expr] = set()
    for node in ast.walk(tree_of(source)):
        if isinstance(node, ast.Name) and node.id == "NotImplementedError":
            yield f"{node.lineno}: a stub ({node.id})"
        if isinstance(node, ast.Call):
            called.add(node.func)
            if (name := _put_aside(node.func)) and not _gives_reason(node, name):
                yield f"{node.lineno}: {name} without a reason"
        elif isinstance(node, ast.Attribute) and node not in called:
            name = _put_aside(node)
            if name and name != "pytest.skip":
                yield f"{node.lineno}: {name} without a reason"


_ASIDE = frozenset(
    {"pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail", "pytest.skip", "pytest.xfail"}
)
_ENDINGS = frozenset(name.rsplit(".", 1)[-1] for name in _ASIDE)


def _put_aside(node: ast.expr) -> str | None:
    # Writing a name out takes longer than all rules: only one that ends as these do is.
    if not isinstance(node, ast.Attribute) or node.attr not in _ENDINGS:
        return None
    name = ast.unparse(node)
    return name if name in _ASIDE else None


def _gives_reason(call: ast.Call, name: str) -> bool:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "reason"]
    placed = [] if name in {"pytest.mark.skipif", "pytest.mark.xfail"} else call.args[:1]
    return any(not (isinstance(value, ast.Constant) and not value.value) for value in (*named, *placed))


def docstring_faults(source: str) -> Iterator[str]:
    """Modules and public names that do not say what they are."""
    tree = tree_of(source)
    if ast.get_docstring(tree) is None:
        yield "1: the module has no docstring"
    yield from _silent_names(tree.body, "")


def _silent_names(body: list[ast.stmt], prefix: str) -> Iterator[str]:
    for node in body:
        if not isinstance(node, Definition) or node.name.startswith("_") or _told_elsewhere(node):
            continue
        if ast.get_docstring(node) is None:
            yield f"{node.lineno}: {prefix}{node.name} has no docstring"
        if isinstance(node, ast.ClassDef):
            yield from _silent_names(node.body, f"{prefix}{node.name}.")


def _told_elsewhere(node: Definition) -> bool:
    """Overloads, overrides and setters are described where the name is first given."""
    names = {ast.unparse(decorator).rsplit(".", 1)[-1] for decorator in node.decorator_list}
    return bool(names & {"overload", "override", "setter"})
