"""Every file of the project keeps the rules of the house, and each rule is shown an offender to see."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.architecture import source_rules as rules
from tests.architecture.source_rules import ROOT

FEWEST_FILES = 20

Rule = Callable[[str], Iterable[str]]
EVERYWHERE: tuple[Rule, ...] = (rules.size_faults, rules.stub_faults)
"""Rules that tests keep too; `TOLD` is for the product."""
TOLD: Rule = rules.docstring_faults


def complaints(paths: Iterable[Path], rule: Rule) -> str:
    """What a rule says of each file, a line each, as path:line: fault."""
    found = []
    for path in paths:
        text = rules.text_of(path)
        if text is not None:
            found += [f"{path.relative_to(ROOT)}:{fault}" for fault in rule(text)]
    return "\n".join(found)


@cache
def complaints_of_modules() -> Mapping[Rule, str]:
    """What each rule says of the Python files, each of which is parsed once for all rules."""
    told = frozenset(modules(tests=False))
    found = {
        path: {rule: complaints([path], rule) for rule in (*EVERYWHERE, *([TOLD] if path in told else []))}
        for path in modules(tests=True)
    }
    return {
        rule: "\n".join(said for of_one in found.values() if (said := of_one.get(rule)))
        for rule in (*EVERYWHERE, TOLD)
    }


def modules(*, tests: bool) -> list[Path]:
    """The project's Python files, with the tests or without."""
    folders = {*rules.SOURCE_FOLDERS, ".ci"} | ({"tests"} if tests else set())
    found = [path for path in rules.project_files() if path.suffix == ".py"]
    return [path for path in found if path.relative_to(ROOT).parts[0] in folders]


def test_there_are_files_to_look_at() -> None:
    assert len(modules(tests=True)) > len(modules(tests=False)) > FEWEST_FILES


@pytest.mark.parametrize("rule", EVERYWHERE, ids=["sizes", "stubs"])
def test_all_code_keeps(rule: Rule) -> None:
    faults = complaints_of_modules()[rule]
    assert not faults, faults


def test_all_public_names_say_what_they_are() -> None:
    faults = complaints_of_modules()[TOLD]
    assert not faults, faults


def test_no_file_holds_open_work_or_an_address_of_one_machine() -> None:
    faults = complaints(rules.project_files(new=False), rules.word_faults)
    assert not faults, faults


def test_names_say_something() -> None:
    paths = [path.relative_to(ROOT) for path in rules.project_files()]
    assert [f"{path}:{fault}" for path in paths for fault in rules.name_faults(path)] == []


def body(lines: int) -> str:
    """So many lines of statements, indented once."""
    return "    x = 1\n" * lines


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("x = 1\n" * 401, "1: module of 401 lines (at most 400)"),
        ("def f():\n" + body(60), "1: f of 61 lines (at most 60)"),
        ("async def f():\n" + body(60), "1: f of 61 lines (at most 60)"),
        ("class C:\n" + body(250), "1: C of 251 lines (at most 250)"),
    ],
)
def test_too_long_is_seen_and_a_line_less_is_not(source: str, fault: str) -> None:
    assert list(rules.size_faults(source)) == [fault]
    shorter = source.rsplit("\n", 2)[0]
    assert list(rules.size_faults(shorter)) == []


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("app/utils.py", True),
        ("app/common/item.py", True),
        ("tests/ui/test_helpers.py", True),
        ("ui/manager.py", True),
        ("app/domain/item.py", False),
        ("app/domain/commons.py", False),
    ],
)
def test_empty_names_are_seen(path: str, *, seen: bool) -> None:
    assert bool(list(rules.name_faults(Path(path)))) is seen


@pytest.mark.parametrize(
    "line",
    [
        "# TO" + "DO: later",
        "value = 1  # FIX" + "ME",
        'open("/wo' + 'rk/main/x")',
        "home = /ro" + "ot/.cache",
        "cd /tmp/" + "w",
        "index = https://py" + "pi.org/simple",
        "from files.python" + "hosted.org",
        "registry.npm" + "js.org",
    ],
)
def test_words_that_must_not_be_committed_are_seen(line: str) -> None:
    assert [fault.split(":")[0] for fault in rules.word_faults(f"\n{line}\n")] == ["2"]


@pytest.mark.parametrize("line", ["a framework/thing", "/workflows/x", "/rooted", '"TO' + 'DO": 1', "root/"])
def test_words_that_only_look_alike_are_not(line: str) -> None:
    assert list(rules.word_faults(line)) == []


@pytest.mark.parametrize(
    "source",
    [
        "raise NotImplemented" + "Error",
        "raise NotImplemented" + "Error('x')",
        "@pytest.mark.skip\ndef f(): ...",
        "@pytest.mark.skip()\ndef f(): ...",
        "@pytest.mark.skipif(True)\ndef f(): ...",
        "@pytest.mark.skipif(True, reason='')\ndef f(): ...",
        "@pytest.mark.xfail\ndef f(): ...",
        "pytestmark = pytest.mark.skip",
        "pytest.skip()",
        "pytest.skip('')",
    ],
)
def test_stubs_and_reasonless_skips_are_seen(source: str) -> None:
    assert len(list(rules.stub_faults(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "def __eq__(self, other): return NotImplemented",
        "@pytest.mark.skip(reason='no node here')\ndef f(): ...",
        "@pytest.mark.skip('no node here')\ndef f(): ...",
        "@pytest.mark.skipif(True, reason=WHY)\ndef f(): ...",
        "@pytest.mark.xfail(strict=True, reason='see the issue')\ndef f(): ...",
        "pytest.skip('no PostgreSQL here')",
        "pytest.skip(f'no {what} here')",
        "from pytest import skip",
    ],
)
def test_honest_ones_are_not(source: str) -> None:
    assert list(rules.stub_faults(source)) == []


def test_silence_is_seen_at_every_depth() -> None:
    source = "def f(): ...\nclass C:\n    def m(self): ...\n    class D:\n        async def n(self): ...\n"
    assert list(rules.docstring_faults(source)) == [
        "1: the module has no docstring",
        "1: f has no docstring",
        "2: C has no docstring",
        "3: C.m has no docstring",
        "4: C.D has no docstring",
        "5: C.D.n has no docstring",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "def _f(): ...",
        "class _C:\n    def m(self): ...",
        "class C:\n    'What it is.'\n    def __len__(self): ...\n    @override\n    def m(self): ...",
        "class C:\n    'What it is.'\n    @x.setter\n    def x(self, value): ...",
        "@typing.overload\ndef f(): ...",
    ],
)
def test_private_and_inherited_names_may_be_silent(source: str) -> None:
    assert list(rules.docstring_faults(f"'What it is.'\n{source}")) == []


def test_files_are_found_with_git_and_without(tmp_path: Path) -> None:
    (tmp_path / "kept.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "kept.pyc").write_bytes(b"\x80")
    assert [path.name for path in rules.project_files(tmp_path)] == ["kept.py"]
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("__pycache__/\n", encoding="utf-8")
    assert [path.name for path in rules.project_files(tmp_path)] == [".gitignore", "kept.py"]
    subprocess.run(["git", "add", "kept.py"], cwd=tmp_path, check=True)
    assert [path.name for path in rules.project_files(tmp_path, new=False)] == ["kept.py"]


def test_pictures_have_no_text(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\xff")
    assert rules.text_of(tmp_path / "picture.png") is None


def test_the_rules_read_this_projects_python() -> None:
    assert [path for path in modules(tests=True) if rules.text_of(path) is None] == []
    # Raises for one that is no Python.
    assert complaints_of_modules()
    with pytest.raises(SyntaxError):
        list(rules.size_faults("def"))
