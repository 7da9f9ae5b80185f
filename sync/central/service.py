"""The centre as a web service: the app over one database, and the server that runs it."""

from __future__ import annotations

import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace
from types import TracebackType
from typing import Self

import uvicorn
from fastapi import APIRouter, Depends, FastAPI
from starlette.types import ASGIApp

from app.domain.clock import Clock
from app.domain.ids import Ids
from app.domain.refusal import Refused
from app.domain.signing import Signer
from sync.central.api import problem
from sync.central.api.allocation_policies import allocation_policies_router
from sync.central.api.approvals import approvals_router
from sync.central.api.attachments import attachments_router
from sync.central.api.availability import availability_router
from sync.central.api.blind import blind_router
from sync.central.api.calls import Calls
from sync.central.api.claims import claims_router
from sync.central.api.consignments import consignments_router
from sync.central.api.description import describing
from sync.central.api.dispatch import dispatch_router
from sync.central.api.edge import Observed, SizeLimit
from sync.central.api.exceptions import exceptions_router
from sync.central.api.govern import govern_router
from sync.central.api.health import health_router
from sync.central.api.imports import imports_router
from sync.central.api.inbound import inbound_router
from sync.central.api.journal import journal_router
from sync.central.api.ledger import ledger_router
from sync.central.api.meters import Meters
from sync.central.api.metrics import metrics_router
from sync.central.api.papers import papers_router
from sync.central.api.parties import parties_router
from sync.central.api.personal import personal_router
from sync.central.api.photos import photos_router
from sync.central.api.reconciliations import reconciliations_router
from sync.central.api.records import records_router
from sync.central.api.refunds import refunds_router
from sync.central.api.request_id import RequestId
from sync.central.api.simulations import simulations_router
from sync.central.api.snapshots import snapshots_router
from sync.central.api.stations import stations_router
from sync.central.api.stock import stock_router
from sync.central.api.sync import sync_router
from sync.central.api.tokens import tokens_router
from sync.central.api.trade import trade_router
from sync.central.api.trail import trail_router
from sync.central.api.transfers import transfers_router
from sync.central.api.units import units_router
from sync.central.api.wakes import wakes_of, wakes_router
from sync.central.api.witness import witness_router
from sync.central.api.work import work_router
from sync.central.centre import Centre, Outfit, Settings
from sync.central.collecting import collect_seldom
from sync.central.photo_folder import PhotoFolder
from sync.central.rules.refusals import Refusals
from sync.central.snapshots import Snapshots
from sync.central.store.chain import CentreChain
from sync.central.store.database import Database
from sync.central.store.settling import Settler
from sync.central.upkeep import Upkeep
from sync.central.wakes import Wakes

_STOP_S = 10
_BACKLOG = 128
# Longer than clients keep an idle connection: the one that closes first must not meet a request on its way.
_IDLE_S = 75
_BARE = Outfit()
_REFUSALS = b"backhaul/refusals/v1"


def create_app(
    database: Database,
    settings: Settings,
    clock: Clock,
    ids: Ids,
    signer: Signer,
    *,
    outfit: Outfit = _BARE,
    policy_key: Signer | None = None,
) -> FastAPI:
    """The app over a database that `create_database` opened.

    Args:
        database: opened and brought to this version; the caller closes it after the server stopped.
        settings: what may differ between two centres.
        clock: the centre's time.
        ids: identities, salts, tokens.
        signer: the key of the centre's own chain.
        outfit: how papers are drawn and where photos are.
        policy_key: the key of approvers' certificates, when this centre issues any.
    """
    chain = CentreChain(signer, ids, clock, settings.app_ver)
    with database.write() as conn:
        centre_id = chain.establish(conn)
        # What an older program could not post waits for this one.
        Settler(conn, chain, clock.now()).settle_waiting()
    folder = PhotoFolder(settings.photos) if settings.photos else None
    if outfit.photos is None:
        outfit = replace(outfit, photos=folder)
    refusals = Refusals(chain.derived(_REFUSALS))
    centre = Centre(database, settings, clock, ids, chain, centre_id, refusals, folder, outfit, policy_key)
    calls, meters = Calls(centre), Meters(settings.metrics_folder)
    database.watch = meters.wrote
    app = FastAPI(
        title="Backhaul centre",
        version=settings.app_ver,
        description="Items, orders, returns, availability and sync. Every command takes an Idempotency-Key; "
        "every error is a problem document that says what was read, what was expected and what to do.",
        docs_url=None,
        redoc_url=None,
        # Nothing about requests leaves the process, whatever the environment says.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        dependencies=[Depends(calls.known), Depends(calls.fingerprint)],
    )
    app.openapi = describing(app)  # type: ignore[method-assign]  # FastAPI's documented way
    app.state.centre, app.state.wakes = centre, wakes_of(centre)
    app.state.snapshots = Snapshots(database, centre_id)
    problem.install(app)
    for router in _routers(centre, calls, meters):
        app.include_router(router)
    app.include_router(wakes_router(centre, app.state.wakes))
    app.include_router(snapshots_router(centre, app.state.snapshots))
    app.add_middleware(SizeLimit, most=settings.max_body)
    app.add_middleware(Observed, clock=clock, meters=meters, refusals=refusals, log=settings.access_log)
    app.add_middleware(RequestId, ids=ids)
    return app


def _routers(centre: Centre, calls: Calls, meters: Meters) -> tuple[APIRouter, ...]:
    """Every resource of the centre."""
    return (
        records_router(calls),
        allocation_policies_router(calls),
        parties_router(calls),
        imports_router(calls),
        reconciliations_router(calls),
        blind_router(centre, calls),
        trade_router(calls),
        dispatch_router(centre, calls),
        stock_router(calls),
        units_router(calls),
        availability_router(centre, calls),
        claims_router(calls),
        ledger_router(centre, calls),
        journal_router(centre, calls),
        refunds_router(calls),
        work_router(centre, calls),
        inbound_router(calls),
        transfers_router(centre, calls),
        papers_router(centre, calls),
        consignments_router(calls),
        simulations_router(centre, calls),
        approvals_router(centre, calls),
        exceptions_router(centre, calls),
        govern_router(centre, calls),
        tokens_router(centre, calls),
        stations_router(calls),
        photos_router(centre, calls),
        personal_router(calls),
        trail_router(calls),
        sync_router(centre),
        witness_router(centre),
        attachments_router(centre),
        metrics_router(centre, calls, meters),
        health_router(centre),
    )


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one.

    Raises:
        Refused: the port is taken, or the address is not this computer's.
    """
    # Without IPPROTO_TCP asyncio would leave Nagle's algorithm on: 40 ms an answer.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            read, do = (
                f"Port {port} on {host} is in use.",
                "Stop the other program, or choose another --port.",
            )
        else:
            read, do = f"Cannot listen on {host} port {port}: {error.strerror}.", "Choose another address."
        raise Refused("serve.address", read, "Expected a free port of this computer.", do) from None
    return listener


def address_of(listener: socket.socket) -> str:
    """The base URL under which a listening socket is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve_on(app: ASGIApp, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serves until SIGINT or SIGTERM; what is under way is finished first, then this returns.

    For the main thread, where signals arrive.

    Args:
        app: what `create_app` made.
        listener: a socket that listens already, which other processes may share.
        ready: called once connections are taken.
    """
    server = _server(app)
    with _beside(app), _surviving(server, signal.SIGINT, signal.SIGTERM):
        collect_seldom()
        ready()
        server.run(sockets=[listener])


def _beside(app: ASGIApp) -> AbstractContextManager[object]:
    """What runs beside a centre's app while it is served."""
    if not isinstance(app, FastAPI) or not hasattr(app.state, "centre"):
        return nullcontext()
    beside = ExitStack()
    beside.callback(app.state.snapshots.close)
    beside.enter_context(Upkeep(app.state.centre))
    return beside


@contextmanager
def _surviving(server: uvicorn.Server, *signals: signal.Signals) -> Iterator[None]:
    """The server takes these signals itself and raises them once more when it has stopped; that is enough.

    One that comes before the server listens for it makes the server stop as soon as it has started.
    """

    def told(*_: object) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, told) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Running:
    """A server on a thread of its own, for demos and tests; a context that stops it on leaving."""

    def __init__(self, app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> None:
        self._listener = bind(host, port)
        self.base_url = address_of(self._listener)
        self._server = _server(app)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._listener]}, name="centre", daemon=True
        )
        self._thread.start()
        self._beside = ExitStack()
        self._beside.enter_context(_beside(app))

    def stop(self) -> None:
        """Finishes what is under way and closes the port."""
        self._beside.close()
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _server(app: ASGIApp) -> uvicorn.Server:
    wakes = getattr(app.state, "wakes", None) if isinstance(app, FastAPI) else None
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=_STOP_S,
        timeout_keep_alive=_IDLE_S,
    )
    return _Server(config, wakes)


class _Server(uvicorn.Server):
    """A server that sends home those who only listen, once it is told to stop."""

    def __init__(self, config: uvicorn.Config, wakes: Wakes | None) -> None:
        super().__init__(config)
        self._wakes = wakes

    async def on_tick(self, counter: int) -> bool:
        """Asked ten times a second whether to stop."""
        stops = await super().on_tick(counter)
        if stops and self._wakes is not None:
            self._wakes.close()
        return stops
