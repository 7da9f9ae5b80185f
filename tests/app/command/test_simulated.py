"""`backhaul central simulate`: a table for people, a document for programs, and a mistake in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.command.root import run
from tests.sync.central.shop import open_shop

SOURCE = 'kind = "allocation"\nversion = "7"\nchannels = ["shop"]\n[priority.channel]\nshop = -5\n'


@pytest.fixture
def asked(tmp_path: Path) -> list[str]:
    """The command over a centre where two orders want one unit."""
    with open_shop(tmp_path) as shop:
        shop.items("A")
        shop.receive({"A": 1})
        shop.order({"A": 1}, order="o1", claim="soft")
        shop.order({"A": 1}, order="o2", channel="shop")
    policy = tmp_path / "next.toml"
    policy.write_text(SOURCE, encoding="utf-8")
    return ["central", "simulate", "--db", f"sqlite:///{tmp_path / 'centre.db'}", "--policy", str(policy)]


def test_a_table_says_who_gains_and_loses(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(asked) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith("policy 7 instead of built-in.")
    assert [line.split()[:4] for line in said[3:6]] == [
        ["shop", "1", "0", "0"],
        ["web", "0", "1", "0"],
        ["all", "1", "1", "0"],
    ]
    assert (
        "  Order o2 line 1 gets 1 of A that order o1 line 1 loses: its priority would be 95 instead of 100"
        in (said[7])
    )


def test_a_period_where_nobody_gains_and_a_document(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*asked, "--owner", "NOBODY", "--from", "2026-01-01", "--to", "2026-01-02T00:00:00Z"]) == 0
    said = capsys.readouterr().out
    assert "NOBODY, 2026-01-01T00:00:00.000Z to 2026-01-02T00:00:00.000Z" in said
    assert said.endswith("Nobody would gain or lose.\n")
    assert run([*asked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["all"]["units"] == {"better": 1, "worse": 1, "same": 0}


def test_mistakes_are_sentences(asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*asked, "--from", "yesterday"]) == 1
    assert "yesterday" in capsys.readouterr().err
    (tmp_path / "next.toml").write_text(SOURCE.replace("shop =", "shpo ="), encoding="utf-8")
    assert run(asked) == 1
    assert "next.toml, line 5" in capsys.readouterr().err
    (tmp_path / "next.toml").write_bytes(b"\xff")
    assert run(asked) == 1
    assert "cannot be read" in capsys.readouterr().err
