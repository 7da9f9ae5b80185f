"""A centre in its own process, and a client of its public interface: for demos, replays and programs."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Self

import httpx

from app.bootstrap.environment import DB_VARIABLE
from app.domain.fields import Fields
from app.domain.refusal import Refused, Unavailable

BACKHAUL = (sys.executable, "-m", "app")
_START_S = 60.0
_STOP_S = 15
_SERVER_ERROR = 500
_TRIES = 3
_ERROR = 400


class EmbeddedCentre:
    """A centre on a free loopback port; stopped on leaving the block.

    It ends by itself when this process dies, and a Ctrl-C meant for this process does not reach it.

    Args:
        folder: made when it is not there; `centre.log` in it holds what the centre says of itself.
        database: a database address; a SQLite file in `folder` when left out. The key is kept in `folder`.
        program: the words that start Backhaul.
        start_s: how long it may take to begin.

    Raises:
        Unavailable: it did not begin, or said something else than where it is; no process is left.
    """

    def __init__(
        self,
        folder: Path,
        program: Sequence[str] = BACKHAUL,
        *,
        start_s: float = _START_S,
        database: str | None = None,
    ) -> None:
        with ExitStack() as opened:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                log = opened.enter_context((folder / "centre.log").open("ab"))
                self._process = _started(program, folder, database, log)
            except OSError as world:
                raise Unavailable(f"The centre in {folder} cannot be started: {world.strerror}.") from world
            opened.callback(self._end)
            announced = self._announcement(start_s, folder / "centre.log")
            self.url = announced.text("url")
            self.token = announced.text("token")
            self._opened = opened.pop_all()

    def _announcement(self, start_s: float, log: Path) -> Fields:
        heard = queue.SimpleQueue[str]()
        threading.Thread(target=self._listen, args=(heard,), name="announcement", daemon=True).start()
        try:
            line = heard.get(timeout=start_s)
        except queue.Empty:
            raise Unavailable(f"The centre did not start within {start_s:g} s; see {log}.") from None
        if not line:
            tail = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise Unavailable(f"The centre did not start: {tail[-1] if tail else 'it said nothing'}.")
        try:
            announced = Fields(json.loads(line), "the centre's announcement")
            announced.text("url")
            announced.text("token")
        except (ValueError, Refused):
            raise Unavailable(f"The centre did not say where it is; see {log}.") from None
        return announced

    def _listen(self, heard: queue.SimpleQueue[str]) -> None:
        # A thread of its own, since a pipe cannot be read with a time limit everywhere.
        if self._process.stdout is not None:
            with self._process.stdout as said:
                heard.put(said.readline())

    @property
    def pid(self) -> int:
        """The centre's process."""
        return self._process.pid

    def stop(self) -> None:
        """Ends the process and waits for it."""
        self._opened.close()

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _started(
    program: Sequence[str], folder: Path, database: str | None, log: IO[bytes]
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            *program,
            "central",
            "serve",
            "--key",
            str(folder / "centre.key"),
            "--port",
            "0",
            "--announce",
            "--until-stdin-ends",
        ],
        stdout=subprocess.PIPE,
        stderr=log,
        stdin=subprocess.PIPE,
        start_new_session=True,
        text=True,
        # An address may hold a password, and command lines are for everybody to see.
        env={
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            DB_VARIABLE: database or f"sqlite:///{folder / 'centre.db'}",
        },
    )


class CentreClient:
    """The public interface of a centre, spoken with one bearer token."""

    def __init__(self, url: str, token: str, timeout_s: float = 60.0) -> None:
        self._http = httpx.Client(
            base_url=f"{url}/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout_s,
            trust_env=False,
        )

    def post(self, path: str, body: Mapping[str, object], key: str) -> Fields:
        """One command; `key` makes it safe to send again.

        Raises:
            Refused: the centre said no, with its reason.
            Unavailable: it did not answer.
        """
        return self._answer("POST", path, json=body, headers={"Idempotency-Key": key})

    def get(self, path: str, params: Sequence[tuple[str, str]] = ()) -> Fields:
        """One question; raises as `post` does."""
        return self._answer("GET", path, params=list(params))

    def text(self, path: str, params: Sequence[tuple[str, str]] = ()) -> Iterator[str]:
        """An answer that is no JSON, bit by bit.

        Raises:
            Refused: the centre said no.
            Unavailable: it did not answer, or broke off.
        """
        try:
            with self._http.stream("GET", path, params=list(params)) as response:
                if response.status_code >= _ERROR:
                    raise Refused(
                        f"http.{response.status_code}",
                        f"Read {response.status_code}.",
                        "Expected a text.",
                        "",
                    )
                yield from response.iter_text()
        except httpx.TransportError as world:
            raise Unavailable(f"The centre did not answer: {world}.") from world

    def close(self) -> None:
        """Lets the connection go."""
        self._http.close()

    def _answer(self, method: str, path: str, **more: object) -> Fields:
        response = self._asked(method, path, **more)
        try:
            found = Fields(response.json(), f"{method} {path}")
        except ValueError:
            raise Unavailable(f"The centre answered {response.status_code} with no JSON.") from None
        if response.status_code >= _SERVER_ERROR:
            raise Unavailable(f"The centre failed at {method} {path}: {found.raw()}")
        if response.status_code >= _ERROR:
            raise Refused(
                found.text_or("code", f"http.{response.status_code}"),
                found.text_or("read", found.text_or("detail", str(response.status_code))),
                found.text_or("expected", ""),
                found.text_or("do", ""),
            )
        return found

    def _asked(self, method: str, path: str, **more: object) -> httpx.Response:
        # Asking again is safe: a command carries its key, a question changes nothing. A kept-alive connection
        # that the centre closed a moment ago is the usual reason.
        for tries_left in reversed(range(_TRIES)):
            try:
                return self._http.request(method, path, **more)  # type: ignore[arg-type]
            except httpx.TransportError as world:
                if not tries_left:
                    raise Unavailable(f"The centre did not answer: {world}.") from world
        raise AssertionError("every try either answers or raises")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
