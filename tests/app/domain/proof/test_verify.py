"""Every change to an export is found and named, also where the centre signs its manifest anew."""

from __future__ import annotations

import random
from typing import Any

import pytest

from app.domain.proof import FILES, MANIFEST, Summary, verify
from app.domain.proof.shape import (
    BALANCES,
    CERTIFICATES,
    CHECKPOINTS,
    FEED,
    JOURNAL,
    POLICY_KEYS,
    RECEIPTS,
    REVOCATIONS,
    STATIONS,
    TOTALS,
    VERDICTS,
)
from tests.app.domain.proof.exported import Memory, example
from tests.approvals.world import OTHER_ROOT, ROOT


def test_an_export_that_was_left_alone_holds() -> None:
    summary, export = Summary(), example()
    assert list(verify(export, summary, ROOT.public_key)) == []
    assert list(verify(export, Summary())) == []
    assert (summary.root, summary.checkpoints) == (ROOT.public_key.hex(), 3)
    # Seven of the station, and three acts of an administrator.
    assert summary.events == len(export.rows(RECEIPTS)) == 10
    assert summary.positions == len(export.rows(FEED)) > summary.covered[1]
    assert summary.accounts == len(export.rows(BALANCES)) > 2
    assert summary.entries == len(export.rows(JOURNAL)) > 0
    assert all(export.files[name] for name in FILES)


def test_a_byte_that_is_flipped_anywhere_is_found_in_its_file() -> None:
    noise, export = random.Random(4), example()
    for name in (*FILES, MANIFEST):
        data = export.files[name]
        for at in [0, len(data) - 1, *(noise.randrange(len(data)) for _ in range(5))]:
            spoilt = bytearray(data)
            spoilt[at] ^= 1 << noise.randrange(8)
            found = Memory({**export.files, name: bytes(spoilt)}).found()
            assert any(one.file == name for one in found), (name, at, found)


@pytest.mark.parametrize("name", FILES)
def test_what_is_cut_reordered_doubled_or_gone_is_found_in_its_file(name: str) -> None:
    export = example()
    lines = list(export.lines(name))
    for other in (
        lines[:-1],
        [*lines, lines[-1]],
        [*lines[1:], lines[0]] if len(lines) > 1 else [],
        [*lines[:-1], lines[-1][:-1]],
    ):
        found = Memory({**export.files, name: b"".join(other)}).found()
        assert any(one.file == name for one in found), name
    without = {known: data for known, data in export.files.items() if known != name}
    assert f"{name}: the file: is not there" in Memory(without).findings()


def test_a_file_that_does_not_belong_and_a_manifest_that_is_none_are_named() -> None:
    export = example()
    assert Memory({**export.files, "notes.txt": b""}).findings() == [
        "notes.txt: the file: does not belong to an export"
    ]
    for manifest in (b"", b"{}\n", b"no json\n", export.files[MANIFEST] * 2):
        found = Memory({**export.files, MANIFEST: manifest}).findings()
        assert found == [f"{MANIFEST}: the file: is no manifest of an export"]


def test_another_root_than_the_one_that_was_kept_is_named() -> None:
    found = example().findings(OTHER_ROOT.public_key)
    assert found[0].startswith(f"{MANIFEST}: the root: is ")
    assert f"{POLICY_KEYS}: line 1: the root did not sign it" in found


def later(name: str, value: Any) -> Any:
    return lambda row: row.update({name: value})


def posted(export: Memory, kind: str) -> int:
    return next(n for n, row in enumerate(export.rows(RECEIPTS)) if f'"kind":"{kind}"' in row["header"])


@pytest.mark.parametrize(
    ("name", "number", "change", "expected"),
    [
        (STATIONS, 1, later("head_seq", 99), "its chain ends with number"),
        (STATIONS, 1, later("public_key", "00" * 32), "signature"),
        (POLICY_KEYS, 0, later("sig", "00" * 64), "the root did not sign it"),
        (CERTIFICATES, 0, later("sig", "00" * 64), "no policy key of this centre signed it"),
        (REVOCATIONS, 0, later("number", 2), "number 2 follows number 0"),
        (CHECKPOINTS, 1, later("sig", "00" * 64), "its policy key did not sign it"),
        (VERDICTS, 0, later("verdict", "review"), "review, its reasons say valid"),
        (VERDICTS, 0, later("reasons", ["nonsense"]), "names a reason that is none"),
        (VERDICTS, 0, later("event_id", "nothing"), "event nothing: has a verdict and is not there"),
        (RECEIPTS, 2, later("facts", "{}"), "its facts does not fit"),
        (RECEIPTS, 2, later("received_at", "2020"), "are not what checkpoint"),
        (RECEIPTS, 2, later("station_id", "f" * 32), "is named"),
        (RECEIPTS, 2, later("state", "evidence"), "evidence was changed"),
        (RECEIPTS, 2, later("state", "unposted"), "by the moves"),
        (FEED, 3, later("document", "{}"), "are not what checkpoint"),
        (FEED, 3, later("pos", 9), "is position 9"),
        (BALANCES, 0, later("qty", 999), "999 is told"),
        (JOURNAL, 0, later("event_id", "nothing"), "event nothing was not posted"),
        (JOURNAL, 0, lambda row: row["lines"][0].update(minor=1), "debits are not credits"),
        (TOTALS, 0, later("minor", 5), "5 GBP is told"),
    ],
)
def test_what_the_centre_itself_changes_is_found_and_named(
    name: str, number: int, change: Any, expected: str
) -> None:
    found = example().changed(name, number, change).findings()
    assert any(expected in one for one in found), found


@pytest.mark.parametrize("name", [RECEIPTS, FEED, BALANCES, CHECKPOINTS, TOTALS, STATIONS])
def test_a_row_that_the_centre_leaves_out_is_missed(name: str) -> None:
    export = example()
    rows = export.rows(name)
    assert export.told(name, rows[1:]).findings(), name


def test_a_verdict_on_what_nobody_signed_is_named() -> None:
    export = example()
    alone = next(
        row["event_id"]
        for row in export.rows(RECEIPTS)
        if '"kind":"stock.written_off"' in row["header"] and '"approvals":[]' in row["header"]
    )
    told = [*export.rows(VERDICTS)]
    told.append(told[0] | {"event_id": alone, "verdict": "valid", "reasons": [], "approvals": []})
    assert any(
        f"event {alone} is called approved, and nobody approved it" in one
        for one in export.told(VERDICTS, told).findings()
    )
