"""The best-known replicating store in the same minutes: as many documents as ours are events, or items.

PouchDB is installed by npm into a folder of its own, which goes away afterwards; nothing of it comes into
Backhaul. Where node or the packages cannot be had, that is said and nothing is measured.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import push, snapshots
from tests.bench.figures import Figure
from tests.bench.grown import Say

_PACKAGES = ("pouchdb@9", "express-pouchdb@4", "express@4")
_SCRIPT = Path(__file__).with_suffix(".js")
# The faster of the two batches that were tried.
_BATCH = 1_000
_PATIENCE_S = 3_600
_END_S = 10


@dataclass(frozen=True, slots=True)
class Size:
    """How much goes each way: events of a station, and items to a fresh one."""

    push: push.Size
    items: int


class CannotError(Exception):
    """The peer cannot be had here; says why."""


def install(folder: Path) -> None:
    """Puts the packages into a folder.

    Raises:
        CannotError: they cannot be installed.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise CannotError(f"there is no {program} here")
    folder.mkdir(parents=True, exist_ok=True)
    words = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--loglevel=error"]
    _run([*words, *_PACKAGES], folder)


def measure(folder: Path, size: Size, say: Say, installed: Callable[[Path], None] = install) -> list[Figure]:
    """Ours beside the peer's, or nothing and the reason."""
    with tempfile.TemporaryDirectory(prefix="peer", dir=folder) as scratch:
        apart = Path(scratch)
        try:
            say("installing PouchDB beside")
            installed(apart / "packages")
            say("measuring it")
            with _server(apart) as url:
                pushed = _told(apart, "push", url, size.push.events)
                pulled = _told(apart, "pull", url, size.items)
        except CannotError as why:
            say(f"PouchDB is left out: {why}")
            return []
    say("the same by Backhaul")
    for name in ("push", "snapshot"):
        (folder / name).mkdir()
    ours = {figure.name: figure for figure in push.measure(folder / "push", size.push, say)}
    taken = {figure.name: figure for figure in snapshots.measure(folder / "snapshot", _items(size), say)}
    documents = size.push.events
    return [
        Figure(
            "pouchdb.push",
            "events/s",
            ours["push.events"].ours,
            {"value": documents / pushed["seconds"]},
            "documents a second that PouchDB replicates to its server, unsigned and unjudged",
            notes={"documents": documents, "peer_mb": round(pushed["mb"])},
        ),
        Figure(
            "pouchdb.fresh",
            "s",
            taken["snapshot.take"].ours,
            {"value": pulled["seconds"]},
            "PouchDB replicating as many documents to a fresh client; ours proves and builds a snapshot",
            notes={"documents": size.items, "peer_mb": round(pulled["mb"])},
        ),
    ]


def _items(size: Size) -> snapshots.Size:
    return snapshots.Size(items=size.items)


@contextmanager
def _server(apart: Path) -> Iterator[str]:
    place = apart / "server"
    place.mkdir()
    with subprocess.Popen(
        ["node", str(_SCRIPT), "serve", str(place)],
        cwd=place,
        env=_environment(apart),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            port = server.stdout.readline().strip() if server.stdout else ""
            if not port:
                raise CannotError("its server did not start")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(_END_S)


def _told(apart: Path, what: str, url: str, documents: int) -> dict[str, float]:
    place = apart / what
    place.mkdir()
    words = [what, str(place), f"{url}/{what}", str(documents), str(_BATCH)]
    said = _run(["node", str(_SCRIPT), *words], place, _environment(apart))
    found: dict[str, float] = json.loads(said.splitlines()[-1])
    if found["documents"] != documents:
        raise CannotError(f"{found['documents']} of {documents} documents went")
    return found


def _environment(apart: Path) -> dict[str, str]:
    return {**os.environ, "NODE_PATH": str(apart / "packages" / "node_modules")}


def _run(command: Sequence[str], where: Path, environment: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=where,
            check=False,
            capture_output=True,
            text=True,
            env=environment,
            timeout=_PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired) as world:
        raise CannotError(f"{command[0]} failed: {world}") from world
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise CannotError(f"{command[0]} ended with {done.returncode}: {' '.join(said[-3:])}")
    return done.stdout
