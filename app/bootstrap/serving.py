"""A centre over a database URL, with the machine's own clock, randomness, SQLite library and key file."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app.bootstrap import sqlite
from app.bootstrap.exporting import export_centre
from app.bootstrap.founding import require_place
from app.bootstrap.papers import outfit, write_papers
from app.bootstrap.policy_key import first_grant, policy_signer, renew_grant
from app.bootstrap.resources import allocation_policy_source, policy_source, read_text
from app.bootstrap.whereabouts import file_of, key_file
from app.bootstrap.workers import Work, access_lines, work
from app.domain.clock import from_text
from app.domain.policy import read_policy
from app.domain.proof import Manifest
from app.domain.refusal import Refused, Unavailable
from app.domain.signing import Signer
from app.station.keyfile import load_or_make
from app.station.system import SystemClock, SystemIds
from sync.central import tokens
from sync.central.audit import audit
from sync.central.centre import RATE, STATION_RATE, Settings
from sync.central.commands import allocation_policies
from sync.central.commands.catalogue import has_policy, publish_policy
from sync.central.commands.simulations import candidate
from sync.central.photo_folder import PhotoFolder
from sync.central.repair import RepairReport, rehearse, repair
from sync.central.rules.access import Role
from sync.central.rules.outcomes import Missing
from sync.central.service import address_of, bind, create_app, serve_on
from sync.central.store import journal_listing
from sync.central.store.act import Act
from sync.central.store.chain import CentreChain, key_of_chain
from sync.central.store.consignment_papers import said_of
from sync.central.store.database import Database, create_database
from sync.central.store.hindsight import Period, in_hindsight
from sync.central.store.migration import Upgraded
from sync.central.store.simulating import Simulation, simulate, sole_owner
from sync.central.workers import Workers

_STDIN = 4096
_NAME = 4
# The metrics library reads it once, when it is first imported: in a worker, never here.
_METRICS = "PROMETHEUS_MULTIPROC_DIR"

_DATE = 10

Simulated = dict[str, Any]


class Served:
    """An open centre: its database, ready to be served, given tokens or audited."""

    def __init__(self, url: str, database: Database, key: Path, settings: Settings) -> None:
        self._url = url
        self._database = database
        self._key = key
        self._settings = settings
        self._clock = SystemClock()
        self._ids = SystemIds()
        self.root: Path | None = None
        """Where the root of approvals lies, once served, while nobody has put it away."""

    @property
    def upgraded(self) -> Upgraded:
        """What opening changed in the database."""
        return self._database.upgraded

    def first_admin(self) -> str | None:
        """A token of an administrator for a centre that has no token yet, else None."""
        with self._database.write() as conn:
            if tokens.listing(conn):
                return None
            secret = self._ids.secret(tokens.TOKEN_BYTES)
            return tokens.create(conn, secret, role=Role.ADMIN, name="admin-1", now=self._clock.now())

    @contextmanager
    def announced_admin(self) -> Iterator[str]:
        """A token of an administrator that ends with the block; a kill leaves it to be revoked by hand."""
        name = f"announced-{self._ids.secret(_NAME).hex()}"
        token = self.new_token(Role.ADMIN, name)
        try:
            yield token
        finally:
            # Revoked by somebody else meanwhile is as good; a database that is away keeps it.
            with suppress(Missing, Unavailable), self._database.write() as conn:
                tokens.revoke(conn, name, self._clock.now())

    def new_token(
        self,
        role: str,
        name: str,
        sites: Sequence[str] | None = None,
        person: str | None = None,
        *,
        days: int | None = None,
    ) -> str:
        """A token for somebody, for some sites or all, for so many days or for good; its text is not kept."""
        with self._database.write() as conn:
            secret, now = self._ids.secret(tokens.TOKEN_BYTES), self._clock.now()
            until = now + timedelta(days=days) if days is not None else None
            return tokens.create(
                conn, secret, role=role, name=name, now=now, sites=sites, person=person, until=until
            )

    def revoke(self, name: str) -> None:
        """Ends a token at once."""
        with self._database.write() as conn:
            tokens.revoke(conn, name, self._clock.now())

    def tokens(self) -> Sequence[tokens.TokenRecord]:
        """Every token that was ever made, without its secret."""
        with self._database.read() as conn:
            return tokens.listing(conn)

    def serve(self, host: str, port: int, ready: Callable[[str], None], workers: int = 1) -> None:
        """Serves until the process is told to stop; more than one worker only over a database server.

        What is done once for a database (chain, first policy, what waited for this version) is done here,
        before any worker starts.

        Raises:
            Refused: the port is taken, the key is not this centre's, or several workers on a file.
            Unavailable: the database does not answer, or a worker could not start.
        """
        if workers > 1 and self._database.dialect == "sqlite":
            raise Refused(
                "serve.workers",
                f"Read {workers} workers for a centre in a SQLite file.",
                "Expected one: a file has one writing process.",
                "Leave --workers out, or put the centre on PostgreSQL.",
            )
        signer = self._signer()
        approving = policy_signer(self._database, self._key, self._ids)
        parts = (self._database, self._settings, self._clock, self._ids, signer)
        app = create_app(*parts, outfit=outfit(), policy_key=approving)
        self._publish_first_policies()
        self.root = first_grant(self._database, self._key, approving, self._clock, self._ids)
        with bind(host, port) as listener:
            address = address_of(listener)
            if workers == 1:
                if self._settings.access_log:
                    access_lines()
                serve_on(app, listener, lambda: ready(address))
                return
            with work_folder() as folder:
                given = Work(self._url, self._key, replace(self._settings, metrics_folder=folder))
                Workers(workers, listener, work, given).run(lambda: ready(address))

    def _signer(self) -> Signer:
        """The centre's key; a new one only for a database that has no chain yet."""
        with self._database.read() as conn:
            sealed_with = key_of_chain(conn)
        # Another key would go on with a chain that nobody could verify from there.
        restore = f"Restore {self._key.name} from a back-up, or name it with --key; nothing was changed."
        if sealed_with is not None and not self._key.exists():
            raise Refused(
                "key.missing",
                f"There is no key file {self._key}, but this centre has a chain.",
                "Expected the key that the chain is sealed with.",
                restore,
            )
        signer = load_or_make(self._key, self._ids)
        if sealed_with not in {None, signer.public_key}:
            raise Refused(
                "key.other",
                f"The key in {self._key} is not the one this centre's chain is sealed with.",
                "Expected the centre's own key.",
                restore,
            )
        return signer

    def _publish_first_policies(self) -> None:
        """A centre that has none starts with the policies that ship, so that a unit like new sells again."""
        with self.acting("backhaul", "first-start")() as act:
            returns, allocation = has_policy(act.conn), allocation_policies.has_any(act.conn)
            if not allocation:
                allocation_policies.publish(act, allocation_policy_source())
            if not returns:
                publish_policy(act, policy_source())

    def acting(self, operator: str, session: str) -> Callable[[], AbstractContextManager[Act]]:
        """Opens transactions of the centre on somebody's word, with its own key."""
        signer = self._signer()
        chain = CentreChain(signer, self._ids, self._clock, self._settings.app_ver)

        @contextmanager
        def act() -> Iterator[Act]:
            now = self._clock.now()
            with self._database.write() as conn:
                chain.establish(conn)
                yield Act(conn, chain, operator, session, occurred_at=now, posted_at=now)

        return act

    def simulate(self, policy: Path, owner: str | None, since: str | None, until: str | None) -> Simulated:
        """What an allocation policy in a file would change; nothing is changed.

        Raises:
            Refused: the file cannot be read or has a mistake, an instant cannot be read, the period cannot be
                played, or no owner is given and there are several.
        """
        tried = candidate(read_text(policy), policy.name)
        with self._database.read() as conn:
            asked = Simulation(owner or sole_owner(conn), tried, _instant(since), _instant(until))
            return simulate(conn, asked, self._clock.now())

    def in_hindsight(self, policy: Path, since: str | None, until: str | None) -> Simulated:
        """What a returns policy in a file would have made of past dispositions; nothing is changed.

        Raises:
            Refused: the file cannot be read or has a mistake, or the period is none.
        """
        tried = read_policy(read_text(policy), policy.name)
        with self._database.read() as conn:
            return in_hindsight(conn, tried, Period(_instant(since), _instant(until)))

    def renew_policy_key(self, root: Path) -> int:
        """Puts a new key for approvers' certificates in use, on the word of the root; answers its number."""
        self._signer()
        return renew_grant(self._database, self._key, root, self._clock, self._ids)

    def audit(self) -> dict[str, object]:
        """Every law of the centre, checked."""
        return audit(self._database).to_json()

    def export_journal(
        self, owner: str, first: str | None, until: str | None, form: str, put: Callable[[str], object]
    ) -> None:
        """Hands the journal of an owner on as text, bit by bit: `csv` or `beancount`; days are included."""
        period = journal_listing.Period(owner, first, until)
        with self._database.read() as conn:
            journal_listing.require_booked(conn, period)
            for part in journal_listing.exported(conn, period, form, SystemClock().now().date()):
                put(part)

    def papers(self, code: str, out: Path) -> list[Path]:
        """Writes the papers of a consignment into a folder: its PDF and its CSV.

        Raises:
            Missing: no such consignment.
        """
        with self._database.read() as conn:
            said = said_of(conn, code)
        folder = self._settings.photos
        return write_papers(said, out, PhotoFolder(folder) if folder else None)

    def export(self, target: Path) -> Manifest:
        """Writes all evidence, signed with the centre's key, for whoever verifies it without this centre."""
        return export_centre(
            self._database, self._signer(), self._settings.app_ver, self._clock.now(), target
        )

    def repair(self, *, dry_run: bool) -> RepairReport:
        """Makes anew what only repeats other rows, or says what would be; only the former needs the key."""
        now = self._clock.now()
        if dry_run:
            return rehearse(self._database, now)
        chain = CentreChain(self._signer(), self._ids, self._clock, self._settings.app_ver)
        return repair(self._database, chain, now)


@contextmanager
def work_folder() -> Iterator[str]:
    """A folder in which workers keep what they count together; named to those started meanwhile."""
    with tempfile.TemporaryDirectory(prefix="backhaul-metrics-") as folder:
        os.environ[_METRICS] = folder
        try:
            yield folder
        finally:
            del os.environ[_METRICS]


def _instant(text: str | None) -> datetime | None:
    """An instant, or the first of a day in UTC."""
    if text is None:
        return None
    return from_text(f"{text}T00:00:00Z" if len(text) == _DATE else text)


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Makes SIGTERM leave the block as an exception, so that what it opened is closed; on the main thread."""

    def leave(*_: object) -> None:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def stop_when_stdin_ends() -> None:
    """Asks this process to stop, as its user would, once standard input is closed at its other end."""

    def wait() -> None:
        # Not through sys.stdin: its lock, held by a thread that waits, would trip the interpreter's end.
        while os.read(0, _STDIN):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="stdin", daemon=True).start()


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one caller may ask of one process; see `Settings`."""

    rate: int = RATE
    station_rate: int = STATION_RATE


@contextmanager
def open_centre(
    url: str,
    key: Path | None,
    *,
    must_exist: bool = False,
    access_log: bool = False,
    limits: Limits | None = None,
    photos: Path | None = None,
) -> Iterator[Served]:
    """The centre behind a URL, closed at the end. A SQLite centre keeps its key beside its file.

    `photos` is the folder that photos are kept in, None for a centre that keeps none.

    Raises:
        Refused: no such URL, a newer database, no key file for a database server, a centre was here and is
            not any more, or a restore of it did not end.
    """
    file = file_of(url)
    if must_exist and file is not None and not file.exists():
        raise Refused(
            "central.none", f"There is no file {file}.", "Expected a centre's database.", "Check --db."
        )
    where = key_file(url, key)
    require_place(url, file, where)
    database = create_database(url, sqlite.choose().module)
    try:
        most = limits or Limits()
        settings = Settings(
            app_ver=version("backhaul"),
            access_log=access_log,
            rate=most.rate,
            station_rate=most.station_rate,
            photos=photos,
        )
        yield Served(url, database, where, settings)
    finally:
        database.close()
