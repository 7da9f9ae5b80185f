"""The centre's process: the real store, chain and station routes over one file, killed and started again.

What the web server and the framework do around a route is left out: a request's bytes go to the route's own
part and its answer's bytes come back, by the same codec and the same problem documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import httpx
from sqlalchemy import Connection

from app.domain.clock import Clock, to_text
from app.domain.feed import Cursor
from app.domain.refusal import Refused, Unavailable
from app.domain.signing import Ed25519Signer
from sync.central.api import attachments
from sync.central.api.problem import problem, refusal
from sync.central.api.signed import _UNPROVEN
from sync.central.api.sync import _Desk
from sync.central.centre import Centre, Settings
from sync.central.photo_folder import PhotoFolder
from sync.central.rules.refusals import Refusals
from sync.central.store.act import Act
from sync.central.store.chain import CentreChain
from sync.central.store.database import Database, create_database
from sync.central.store.settling import Settler
from sync.wire import codec, digests, signatures
from sync.wire.protocol import (
    ATTACHMENTS_HELLO_PATH,
    ATTACHMENTS_PATH,
    CHANGES_PATH,
    ENROL_PATH,
    EVENTS_PATH,
    HELLO_PATH,
    HOLDS_PATH,
    MAX_CHANGES,
    RENEW_PATH,
)
from tests.simulator.clocks import Noise
from tests.simulator.keys import policy_key

_MUCH = 1 << 40
SEED = b"the centre's key in simulations.."[:32]


class Kill(Enum):
    """Where the centre's process ends in the transaction that does the work."""

    BEFORE_COMMIT = "before commit"
    AFTER_COMMIT = "after commit, before the reply"


class Killed(BaseException):
    """The centre's process is gone, and with it whatever it was about to say."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it goes over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Said(Protocol):
    """What is answered."""

    def to_json(self) -> dict[str, object]:
        """The wire form."""


class Doomed(Database):
    """The centre's database in a process that may end in the middle of a write."""

    doom: tuple[Kill, int] | None = None
    """Where, and how many writes before that one go well."""

    @classmethod
    def over(cls, found: Database) -> Doomed:
        """The same database, doomed."""
        found.__class__ = cls
        assert isinstance(found, Doomed)
        return found

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """As the real one, to the moment of death."""
        kill = self._due()
        with super().write() as conn:
            yield conn
            if kill is Kill.BEFORE_COMMIT:
                raise Killed
        if kill is Kill.AFTER_COMMIT:
            raise Killed

    def _due(self) -> Kill | None:
        if self.doom is None:
            return None
        kill, left = self.doom
        if left > 0:
            self.doom = kill, left - 1
            return None
        self.doom = None
        return kill


class House:
    """See the module. `started` counts its lives."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self.file = file
        self.clock = clock
        self.lives = 0
        self.commands = 0
        self.photos = PhotoFolder(file.with_name("photos"), lambda _: _MUCH)
        self.start()

    def start(self) -> None:
        """A new process over the file."""
        self.lives += 1
        self.ids = Noise("centre", self.lives)
        self.database = Doomed.over(create_database(f"sqlite:///{self.file}"))
        self.chain = CentreChain(Ed25519Signer(SEED), self.ids, self.clock, "simulated")
        with self.database.write() as conn:
            centre_id = self.chain.establish(conn)
            Settler(conn, self.chain, self.clock.now()).settle_waiting()
        self.centre = Centre(
            self.database,
            Settings("simulated"),
            self.clock,
            self.ids,
            self.chain,
            centre_id,
            Refusals(b"simulated"),
            photos=self.photos,
            policy_key=policy_key(),
        )
        self._desk = _Desk(self.centre)
        self._photo_desk = attachments._Desk(self.centre)

    def end(self) -> None:
        """The process is gone."""
        self.database.close()

    def restart(self) -> None:
        """The process is gone and another one takes its place."""
        self.end()
        self.start()

    def now(self) -> str:
        """The centre's time as it is written."""
        return to_text(self.clock.now())

    def act(self, do: Callable[[Act], Any]) -> Any:
        """A command of somebody at the centre, in one transaction."""
        self.commands += 1
        now = self.clock.now()
        with self.database.write() as conn:
            return do(Act(conn, self.chain, "office", f"request:{self.lives}-{self.commands}", now, now))

    def answer(self, request: httpx.Request) -> Reply:
        """What the centre says to a request of a station.

        Raises:
            Killed: the process ended over it.
        """
        asked = signatures.Request(
            request.method,
            str(request.url),
            {name.lower(): value for name, value in request.headers.items()},
            request.content,
        )
        try:
            said = self._routed(asked)
        except codec.TooLarge as no:
            return _told(problem(413, no.code, no.read, detail=str(no)))
        except Refused as no:
            if no.code not in _UNPROVEN:
                return _told(refusal(no))
            return _told(problem(401, no.code, no.read, detail=str(no), time=self.now()))
        except Unavailable:
            found = problem(
                503, "centre.unavailable", "The centre cannot answer now.", do="Try again shortly."
            )
            found.headers["retry-after"] = "2"
            return _told(found)
        body, headers = codec.encode(said.to_json()), {"content-type": codec.JSON_TYPE}
        sent = body
        if "gzip" in asked.headers.get("accept-encoding", ""):
            sent, more = codec.pack(body)
            headers |= more
        return Reply(200, headers | digests.said_of(sent, body), sent)

    def _routed(self, asked: signatures.Request) -> Said:
        target = urlsplit(asked.url)
        match target.path:
            case str(path) if path == HELLO_PATH:
                return self._desk.hello(asked, lambda _: None)
            case str(path) if path == EVENTS_PATH:
                return self._desk.events(asked)
            case str(path) if path == RENEW_PATH:
                return self._desk.renew(asked)
            case str(path) if path == HOLDS_PATH:
                return self._desk.holds(asked)
            case str(path) if path == ENROL_PATH:
                return self._desk.enrol(asked, "simulated")
            case str(path) if path == CHANGES_PATH:
                said = {name: values[0] for name, values in parse_qs(target.query, True).items()}
                at = Cursor(int(said["gen"]), int(said["pos"]))
                limit = int(said.get("limit", MAX_CHANGES))
                return self._desk.changes(asked, at, limit, said.get("stock"))
            case str(path) if path == ATTACHMENTS_HELLO_PATH:
                return self._photo_desk.ask(asked)
            case str(path) if path.startswith(ATTACHMENTS_PATH):
                said = {name: values[0] for name, values in parse_qs(target.query, True).items()}
                digest = path.rpartition("/")[2]
                return self._photo_desk.piece(asked, digest, int(said["offset"]), int(said["size"]))
            case other:
                raise ValueError(other)


def _told(response: Any) -> Reply:
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    said = digests.said_of(response.body, response.body)
    return Reply(response.status_code, headers | said, response.body)
