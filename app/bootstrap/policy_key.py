"""The keys of approvals beside the centre's own: the policy key for daily work, the root to be put away.

Both are made at the first start. From then on the centre needs the policy key only; the root is needed once a
year, for the next policy key, and should lie in a safe meanwhile.
"""

from __future__ import annotations

from pathlib import Path

from app.domain.clock import Clock
from app.domain.ids import Ids
from app.domain.refusal import Refused
from app.domain.signing import Signer
from app.station.keyfile import load_or_make
from sync.central.store.approval_keys import grant_key, granted_key
from sync.central.store.database import Database


def policy_file(key: Path) -> Path:
    """Where the policy key is kept: beside the centre's key, under its name."""
    return key.with_name(f"{key.stem}.policy.key")


def root_file(key: Path) -> Path:
    """Where the root key is made at the first start; nobody needs it there afterwards."""
    return key.with_name(f"{key.stem}.root.key")


def policy_signer(database: Database, key: Path, ids: Ids) -> Signer | None:
    """The secret of the policy key in use.

    None when it is gone: the centre goes on, and issues no certificate until there is a new one.

    Raises:
        Refused: the file is no key.
    """
    with database.read() as conn:
        granted = granted_key(conn)
    file = policy_file(key)
    if granted is not None and not file.exists():
        return None
    return load_or_make(file, ids)


def first_grant(database: Database, key: Path, signer: Signer | None, clock: Clock, ids: Ids) -> Path | None:
    """Has a new root vouch for the first policy key, once; where the root is until it is put away."""
    with database.read() as conn:
        granted = granted_key(conn)
    if granted is None and signer is not None:
        root = load_or_make(root_file(key), ids)
        with database.write() as conn:
            grant_key(conn, root, signer, clock.now())
    return root_file(key) if root_file(key).exists() else None


def renew_grant(database: Database, key: Path, root: Path, clock: Clock, ids: Ids) -> int:
    """A new policy key for a year in the place of the former; answers its number.

    Raises:
        Refused: the root's file is not there, is no key, or is not the root that stations have pinned.
    """
    if not root.exists():
        raise Refused(
            "policy_key.no_root",
            f"There is no file {root}.",
            "Expected the root key that was put away when the centre first started.",
            "Bring it here for this command only.",
        )
    vouches, file = load_or_make(root, ids), policy_file(key)
    fresh = file.with_name(f"{file.name}.next")
    signer = load_or_make(fresh, ids)
    with database.write() as conn:
        granted = grant_key(conn, vouches, signer, clock.now())
    # Renamed only after the ledger knows it: a command that dies between is repeated and makes a third.
    fresh.replace(file)
    return granted.number
