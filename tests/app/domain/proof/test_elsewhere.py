"""Checkpoints kept elsewhere: an export contains exactly their history, or says in words that it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.approvals import Signed
from app.domain.checkpoint import Checkpoint
from app.domain.fields import Fields
from app.domain.merkle import Tree
from app.domain.proof import Carried, Summary, carried, contradictions, verify
from app.domain.proof.elsewhere import apart, root_of, written
from app.domain.proof.shape import CHECKPOINTS, FEED, POLICY_KEYS, RECEIPTS
from app.domain.refusal import Refused
from app.domain.signing import Ed25519Signer
from tests.app.domain.proof.exported import example
from tests.approvals.world import OTHER_POLICY, OTHER_ROOT, POLICY, ROOT


def kept(*change: dict[str, Any], signer: Ed25519Signer = POLICY, holder: str = "") -> dict[str, object]:
    """A file with the checkpoints of the example, or with its second one changed and signed again."""
    (grant,) = (Signed.from_json(row, "grant") for row in example().rows(POLICY_KEYS))
    said = [Checkpoint.read(Signed.from_json(row, "it")) for row in example().rows(CHECKPOINTS)]
    told = [replace(said[1], **parts) for parts in change] or said
    return written(((one.signed(signer), grant) for one in told), ROOT.public_key, holder)


def read(file: dict[str, object], where: str = "a.json") -> list[Carried]:
    return list(carried(Fields(file, where), where, ROOT.public_key))


def findings(brought: list[Carried]) -> list[str]:
    return [str(one) for one in verify(example(), Summary(), ROOT.public_key, brought)]


def test_an_export_contains_what_its_own_checkpoints_were_when_somebody_kept_them() -> None:
    file, summary = kept(holder="s" * 32), Summary()
    assert root_of(Fields(file, "a.json")) == ROOT.public_key.hex()
    brought = read(file)
    assert [one.holder for one in brought] == ["s" * 32] * 3
    assert list(verify(example(), summary, ROOT.public_key, brought)) == []
    assert summary.contained == 3


def test_a_history_that_was_told_anew_is_said_in_plain_words() -> None:
    other = {"root": b"o" * 32}
    said = Checkpoint.read(Signed.from_json(example().rows(CHECKPOINTS)[1], "it"))
    for name, file in (("feed", FEED), ("receipts", RECEIPTS)):
        tree = getattr(said, name)
        (found,) = findings(read(kept({name: replace(tree, **other)})))
        assert found == (
            f"{file}: checkpoint 2 of a.json: the first {tree.size} are not what checkpoint 2 of a.json "
            "vouches for: the history was told anew in between"
        )
        (found,) = findings(read(kept({name: replace(tree, **other), "feed_gen": 0})))
        assert "the centre was put back in between (generation 0, now 1)" in found
        (found,) = findings(read(kept({name: Tree(9_999, b"o" * 32)})))
        assert "checkpoint 2 of a.json vouches for 9999" in found


def test_a_checkpoint_of_another_centre_says_nothing_of_this_one() -> None:
    brought, summary = read(kept({"centre_id": "x" * 32})), Summary()
    (found,) = verify(example(), summary, ROOT.public_key, brought)
    assert "it is of centre xxxx" in found.what
    assert summary.contained == 0


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (
            {"feed": Tree(1, b"o" * 32)},
            "both vouch for the first 1 positions of the feed, and not",
        ),
        ({"receipts": Tree(1, b"o" * 32)}, "both vouch for the first 1 receipts, and not for the same ones"),
        ({"feed": Tree(1, b"o" * 32), "feed_gen": 2}, "the centre was put back in between and lost"),
        ({"daily": True}, "both are number 2, and they are not the same: the centre told two histories"),
        ({"number": 3, "feed": Tree()}, "the later one vouches for fewer entries"),
        ({"centre_id": "x" * 32}, "they are of different centres"),
    ],
)
def test_two_stations_that_were_told_two_histories_show_it_without_any_export(
    parts: dict[str, Any], words: str
) -> None:
    base = {"feed": Tree(1, b"f" * 32), "receipts": Tree(1, b"r" * 32), "daily": False}
    one, other = read(kept(base), "a.json"), read(kept(base | parts), "b.json")
    (found,) = contradictions([*one, *other])
    number = parts.get("number", 2)
    assert str(found).startswith(f"{CHECKPOINTS}: checkpoint 2 of a.json and checkpoint {number} of b.json: ")
    assert words in found.what


def test_the_same_word_in_two_places_and_one_that_goes_on_contradict_nothing() -> None:
    base = {"feed": Tree(1, b"f" * 32), "receipts": Tree(1, b"r" * 32)}
    later = base | {"number": 3, "feed": Tree(2, b"g" * 32)}
    both = [*read(kept(base), "a.json"), *read(kept(base, later), "b.json")]
    assert list(contradictions(both)) == []
    assert apart(both) == 1
    # A centre that was put back counts its checkpoints anew.
    assert list(contradictions([*both, *read(kept(base | {"feed_gen": 2}))])) == []


def test_what_no_key_of_the_root_signed_is_refused() -> None:
    for file, root in ((kept(signer=OTHER_POLICY), ROOT), (kept(), OTHER_ROOT)):
        with pytest.raises(Refused) as no:
            carried(Fields(file, "a.json"), "a.json", root.public_key)
        assert no.value.code == "checkpoints.unsigned"


def test_a_file_of_nothing_or_of_another_form_is_refused() -> None:
    empty: dict[str, object] = {"checkpoints": []}
    for file, code in ((empty, "none"), (kept() | {"format": 2}, "too_new")):
        with pytest.raises(Refused) as no:
            read(file)
        assert no.value.code == f"checkpoints.{code}"
