"""The policy in force: the last one published, never a stale one."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.refusal import Unavailable
from sync.central.commands.allocation_policies import publish
from sync.central.rules.allocation_policy import NEUTRAL
from sync.central.rules.outcomes import Missing
from sync.central.store import allocation_policy
from sync.central.store.act import Act
from sync.central.store.allocation_policy import policy_in_force, policy_of_version
from tests.sync.central.shop import Shop, open_shop

SOURCE = 'kind = "allocation"\nversion = "{}"\n[priority]\nbase = {}\n'


def put(shop: Shop, version: str, base: int) -> None:
    shop.act(lambda act: publish(act, SOURCE.format(version, base)))


def base(shop: Shop) -> int:
    return shop.ask(policy_in_force).scoring.base


def test_a_centre_without_a_policy_works_by_the_neutral_one(shop: Shop) -> None:
    assert shop.ask(policy_in_force) is NEUTRAL
    assert shop.ask(lambda conn: policy_of_version(conn, NEUTRAL.version)) is NEUTRAL


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_last_one_published_is_in_force_and_earlier_ones_are_kept(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if kind == "postgresql" else None
    with open_shop(tmp_path, url) as shop:
        put(shop, "1", 200)
        assert base(shop) == 200
        put(shop, "2", 300)
        assert base(shop) == 300
        assert shop.ask(lambda conn: policy_of_version(conn, "1")).scoring.base == 200
        with pytest.raises(Missing) as no:
            shop.ask(lambda conn: policy_of_version(conn, "3"))
        assert no.value.code == "allocation_policy.unknown"


def test_a_policy_is_read_once(shop: Shop) -> None:
    put(shop, "1", 200)
    assert shop.ask(policy_in_force) is shop.ask(policy_in_force)


def test_a_policy_that_was_rolled_back_is_not_remembered(shop: Shop) -> None:
    def broken(act: Act) -> None:
        publish(act, SOURCE.format("1", 200))
        assert policy_in_force(act.conn).scoring.base == 200
        raise Unavailable("the power went")

    with pytest.raises(Unavailable):
        shop.act(broken)
    assert shop.ask(policy_in_force) is NEUTRAL
    put(shop, "1", 300)
    assert base(shop) == 300


def test_two_centres_in_one_process_have_their_own_policies(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with open_shop(tmp_path / "a") as one, open_shop(tmp_path / "b") as other:
        put(one, "1", 200)
        put(other, "1", 300)
        assert (base(one), base(other)) == (200, 300)


def test_only_so_many_are_kept_in_memory(shop: Shop) -> None:
    for n in range(40):
        put(shop, str(n), n)
        assert base(shop) == n
    assert len(allocation_policy._kept) <= 32
