"""A centre in its own process, and a client of its public interface: for demos, replays and programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import httpx

from app.domain.fields import Fields
from app.domain.refusal import Refused, Unavailable

_START_S = 60
_STOP_S = 15
_SERVER_ERROR = 500
_ERROR = 400


class EmbeddedCentre:
    """A centre on a free loopback port, over a SQLite file in `folder`; stopped on leaving the block."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = (folder / "centre.log").open("ab")
        arguments = [
            "central",
            "serve",
            "--db",
            f"sqlite:///{folder / 'centre.db'}",
            "--port",
            "0",
            "--announce",
        ]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app", *arguments],
            stdout=subprocess.PIPE,
            stderr=self._log,
            stdin=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        if self._process.stdout is None:
            raise ValueError("the centre was started without a pipe")
        line = self._process.stdout.readline()
        if not line:
            self.stop()
            tail = (folder / "centre.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise Unavailable(f"The centre did not start: {tail[-1] if tail else 'it said nothing'}.")
        announced = Fields(json.loads(line), "the centre's announcement")
        self.url = announced.text("url")
        self.token = announced.text("token")

    @property
    def pid(self) -> int:
        """The centre's process."""
        return self._process.pid

    def stop(self) -> None:
        """Ends the process and waits for it."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


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

    def close(self) -> None:
        """Lets the connection go."""
        self._http.close()

    def _answer(self, method: str, path: str, **more: object) -> Fields:
        try:
            response = self._http.request(method, path, **more)  # type: ignore[arg-type]
        except httpx.HTTPError as world:
            raise Unavailable(f"The centre did not answer: {world}.") from world
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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
