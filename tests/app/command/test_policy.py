"""`backhaul policy`: checking, comparing and trying a returns policy."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import resources
from app.command.root import run
from app.domain.event import EventKind
from tests.app.domain.policy.worked import unworked
from tests.sync.central.shop import open_shop

SHIPPED = resources.policy_source()
SOFTER = (
    unworked(SHIPPED, "W1")
    .replace(resources.policy().version, "2027.1")
    .replace(
        'name = "B, opened: repack"\ngrades = ["B"]\ncategories = ["*"]\ndisposition = "refurbish"',
        'name = "B, opened: sell off"\ngrades = ["B"]\ncategories = ["*"]\ndisposition = "liquidate"',
    )
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """The shipped policy and a candidate."""
    old, new = tmp_path / "old.toml", tmp_path / "new.toml"
    old.write_text(SHIPPED, encoding="utf-8")
    new.write_text(SOFTER, encoding="utf-8")
    return str(old), str(new)


def test_every_file_is_checked_and_the_mistaken_one_named(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dead = tmp_path / "dead.toml"
    gift = '\n[disposition.donate]\ncaption = "DONATE"\nstatus = "damaged"\nplace = "D-01"\n'
    dead.write_text(SHIPPED + gift, encoding="utf-8")
    assert run(["policy", "check", str(dead), *files]) == 1
    said = capsys.readouterr()
    assert [line.partition(":")[0] for line in said.out.splitlines()] == ["old.toml", "new.toml"]
    assert re.search(r"dead\.toml, line \d+: disposition donate is one that no rule leads to", said.err)
    assert run(["policy", "check"]) == 2


def test_a_check_says_where_two_figures_for_the_same_work_differ(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own, older = tmp_path / "own.toml", tmp_path / "older.toml"
    own.write_text(SHIPPED.replace("{ GBP = 60, EUR", "{ GBP = 90, EUR"), encoding="utf-8")
    assert run(["policy", "check", str(own)]) == 0
    first, note = capsys.readouterr().out.splitlines()
    assert first.endswith("10 rules, 3 works, complete.")
    assert "recovery 2 (refurbish of grades B) and the steps of work W1" in note
    assert "250 GBP there, 280 here" in note
    older.write_text(unworked(SHIPPED), encoding="utf-8")
    assert run(["policy", "check", str(older)]) == 1
    assert "rule 18: it leads to refurbish stock, and no work is for" in capsys.readouterr().err


def test_the_difference_is_told_in_words_and_as_data(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["policy", "diff", *files]) == 0
    said = capsys.readouterr().out
    assert "Rule 18: disposition liquidate instead of refurbish." in said
    assert "Grade B of default, electronics, clothing, kitchen, kits, toys, not hazardous: liquidate" in said
    assert run(["policy", "diff", *files, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["new"], len(found["decided_otherwise"])) == ("2027.1", 1)
    assert run(["policy", "diff", files[0], files[0]]) == 0
    assert "It says the same." in capsys.readouterr().out


def test_a_candidate_is_tried_on_what_a_centre_has_on_record(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A")
        body: Any = {"sku": "A", "qty": 3, "grade": "B", "disposition": "refurbish", "rule": "18"}
        shop.at_station(EventKind.RETURN_DISPOSITIONED, **body)
        held: Any = {"grade": "A", "disposition": "hold_blind", "rule": "held"}
        shop.at_station(EventKind.RETURN_DISPOSITIONED, **(body | held))
    asked = ["policy", "simulate", "--db", f"sqlite:///{tmp_path / 'centre.db'}", "--candidate", files[1]]
    assert run(asked) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("Policy 2027.1 tried on dispositions from the first to the last: 6 units worth")
    assert said[1] == "As before: 0 units."
    assert said[2] == "Held by the bench, whatever the policy: 3 units worth 7.50 GBP."
    assert said[3] == "liquidate instead of refurbish: 3 units worth 7.50 GBP."
    assert "3 x A, grade B: liquidate (rule 18) instead of refurbish (rule 18), worth 7.50 GBP." in said[5]
    assert run([*asked, "--json", "--from", "2026-01-01", "--to", "2026-01-02"]) == 0
    assert json.loads(capsys.readouterr().out)["all"]["events"] == 0
    assert run([*asked, "--to", "yesterday"]) == 1


def test_refunds_are_told_with_who_gets_more_or_less(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A")
        shop.receive({"A": 1})
        line = {"line": 1, "sku": "A", "qty": 1, "unit_minor": 1000, "currency": "GBP"}
        shop.order([line], ship="available", customer="c-1")
        rma = shop.authorize({"A": 1}, customer="c-1")["rma"]
        shop.disposition("A", rma=rma, line=1, grade="D")
    asked = ["policy", "simulate", "--db", f"sqlite:///{tmp_path / 'centre.db'}", "--candidate", files[1]]
    assert run(asked) == 0
    said = capsys.readouterr().out
    assert "Refunds for them: 1 refunds, 5.00 GBP instead of 10.00 GBP." in said
    assert "By rule R2: 1 refunds, 5.00 GBP instead of 10.00 GBP." in said
    assert "rule R2 (store_credit) instead of rule default (original): 1 refunds" in said
    assert "1 customers get less: 5.00 GBP." in said
    assert f"{rma}.1: 5.00 GBP (rule R2) instead of 10.00 GBP (rule default)." in said
