"""A centre that was put back from a backup hears from its stations which approvers it had revoked since."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.bootstrap import keeping
from app.ledger.approvers import revocations
from sync.central.commands import approvers as commands
from sync.central.commands.approvers_asked import NewRevocation
from sync.central.commands.catalogue import put_locations
from sync.central.store import approvers
from sync.central.store.act import Act
from sync.central.store.approval_keys import grant_key, issuer_of, require_issuer
from tests.approvals.world import OMAR, POLICY, ROOT, RUTH
from tests.sync.central.approving import KEYS, asking
from tests.sync.world import World


def act(world: World, do: Any) -> None:
    """One command at the centre."""
    now = world.clock.now()
    with world.store.database.write() as conn:
        issuer = require_issuer(issuer_of(conn, POLICY), now)
        do(Act(conn, world.store.chain, "kim", "request:1", now, now), issuer)


def revoke(world: World, code: str) -> None:
    act(world, lambda at, by: commands.revoke(at, by, code, NewRevocation(reason="badge lost")))


def test_a_revoked_approver_stays_revoked_although_the_centre_was_put_back(tmp_path: Path) -> None:
    world = World(tmp_path, policy_key=POLICY)
    url, backup = f"sqlite:///{tmp_path / 'centre.db'}", tmp_path / "backup.db"
    with world.running():
        with world.store.database.write() as conn:
            grant_key(conn, ROOT, POLICY, world.clock.now())
        place = {"code": "WH1", "kind": "site", "name": "Warehouse", "site": "WH1"}
        act(world, lambda at, _: put_locations(at, [place]))
        for code, signer in KEYS.items():
            act(world, lambda at, by, c=code, s=signer: commands.enrol(at, by, asking(c, s)))
        site = world.site()
        site.sync()
        keeping.backup(url, backup, replace=False, key=None)
        revoke(world, "RUTH")
        site.sync()
        assert revocations(site.ledger.connection).number_of(RUTH.public_key) == 1
    keeping.restore(url, backup, None, keeping.Over(replace=True))
    world.clock.pass_by(86_400)
    after = World(tmp_path, world.clock, POLICY)
    with after.running():
        after.sites = [site]
        site.move_to(after.toll.base_url)
        # Somebody else is revoked before the station is heard again: its number is one that was given before.
        revoke(after, "OMAR")
        site.sync(3)
        with after.store.database.read() as conn:
            listed = [(row.approver, row.reason) for row in approvers.entries(conn)]
            ruth = approvers.find(conn, "RUTH")
        assert listed == [("OMAR", "badge lost"), ("RUTH", "badge lost")]
        assert ruth is not None
        assert not approvers.active(ruth)
        known = revocations(site.ledger.connection)
        assert (known.number_of(OMAR.public_key), known.number_of(RUTH.public_key)) == (1, 2)
        after.agreed(site)
