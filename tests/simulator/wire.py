"""The network between a station and the centre: bytes that are lost, late, doubled, cut or not the centre's.

It stands where sockets would, below the station's real client. What is to go wrong is said beforehand,
exchange by exchange; a way without faults is a good one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from enum import StrEnum

import httpx

from tests.simulator.clocks import Truth
from tests.simulator.house import House, Kill, Killed, Reply

_OK = 200
_JSON = {"content-type": "application/json"}
_PORTAL = b"<html><body>Welcome to this network. Please sign in.</body></html>"


class Fault(StrEnum):
    """What happens to one exchange."""

    NONE = "none"
    REQUEST_LOST = "request lost"
    REPLY_LOST = "reply lost"
    REQUEST_LATE = "request late"
    DUPLICATED = "request twice"
    DUPLICATED_SECOND = "request twice, second reply"
    REPLY_OLD = "an older reply"
    RESET = "reply cut"
    FLIPPED_REQUEST = "a bit flipped on the way there"
    FLIPPED_REPLY = "a bit flipped on the way back"
    PORTAL = "sign-in page"
    REDIRECT = "redirect"
    OTHER_JSON = "another program's JSON"
    SERVER_FAULT = "server fault"
    BUSY = "busy"
    TOO_LARGE = "too large"
    KILL_BEFORE = "centre killed before commit"
    KILL_AFTER = "centre killed after commit"


FAULTS = tuple(fault for fault in Fault if fault is not Fault.NONE)

_NOT_OURS: Mapping[Fault, Reply] = {
    Fault.PORTAL: Reply(200, {"content-type": "text/html"}, _PORTAL),
    Fault.REDIRECT: Reply(302, {"location": "http://portal.example/"}, _PORTAL),
    Fault.OTHER_JSON: Reply(200, _JSON, b'{"ok":true}'),
    Fault.SERVER_FAULT: Reply(500, _JSON, b"{}"),
    Fault.BUSY: Reply(503, {"retry-after": "3"}, b""),
    Fault.TOO_LARGE: Reply(413, {}, b""),
}


class Wire(httpx.BaseTransport):
    """See the module.

    `up` is False while the network is down. `gaps` counts how often the centre lacked what comes before.
    `told` has each exchange in short, for the trace.
    """

    def __init__(self, house: House, truth: Truth) -> None:
        self.house = house
        self.up = True
        self.gaps = 0
        self.told: list[str] = []
        self.wrong: list[str] = []
        self._truth = truth
        self._planned: deque[Fault] = deque()
        self._late: deque[httpx.Request] = deque()
        self._older: dict[str, Reply] = {}

    def plan(self, faults: Sequence[Fault]) -> None:
        """What is to happen to the next exchanges, one after the other; later ones go well."""
        self._planned = deque(faults)

    def mend(self) -> None:
        """A good way; nothing is under way any more."""
        self.plan(())
        self.up = True
        self._late.clear()

    def lose_late(self) -> None:
        """What was on its way for long never arrives."""
        self._late.clear()

    def deliver_late(self) -> None:
        """What was on its way for long arrives now; nobody waits for the answer."""
        while self._late:
            self._ask(self._late.popleft())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange."""
        request.read()
        fault = self._planned.popleft() if self._planned else Fault.NONE
        if not self.up:
            fault = Fault.REQUEST_LOST
        # A request takes its time, which no station ever measures exactly.
        self._truth.pass_by(0.05)
        path = request.url.path
        self.told.append(f"{request.method} {path.rpartition('/')[2]}: {fault}")
        found = self._carried(request, fault)
        if fault is Fault.NONE:
            self.deliver_late()
        return httpx.Response(found.status, headers=dict(found.headers), stream=httpx.ByteStream(found.body))

    def _carried(self, request: httpx.Request, fault: Fault) -> Reply:
        """What comes back; raises what a socket would."""
        match fault:
            case Fault.REQUEST_LOST:
                raise httpx.ConnectError("lost", request=request)
            case Fault.REQUEST_LATE:
                self._late.append(request)
                raise httpx.ReadTimeout("late", request=request)
            case Fault.FLIPPED_REQUEST:
                return self._ask(_flipped(request))
            case Fault.KILL_BEFORE:
                return self._kill(request, Kill.BEFORE_COMMIT)
            case Fault.KILL_AFTER:
                return self._kill(request, Kill.AFTER_COMMIT)
            case _:
                return _NOT_OURS.get(fault) or self._answered(request, fault)

    def _answered(self, request: httpx.Request, fault: Fault) -> Reply:
        """The centre answered; what becomes of that."""
        path = request.url.path
        older = self._older.get(path)
        answer = self._ask(request)
        if answer.status == _OK:
            self._older[path] = answer
            self.gaps += b'"answer":"gap"' in answer.body
        match fault:
            case Fault.REPLY_LOST:
                raise httpx.ReadTimeout("reply lost", request=request)
            case Fault.RESET:
                raise httpx.ReadError("reset", request=request)
            case Fault.DUPLICATED:
                self._again(request, answer)
            case Fault.DUPLICATED_SECOND:
                answer = self._again(request, answer)
            case Fault.REPLY_OLD if older is not None:
                answer = older
            case Fault.FLIPPED_REPLY:
                # TLS would not let it through; a broken proxy behind it may.
                answer = _spoiled(answer)
        return answer

    def _again(self, request: httpx.Request, first: Reply) -> Reply:
        """The very same bytes once more: whatever was done for them is not done again."""
        second = self._ask(request)
        if first.status == _OK == second.status:
            self.wrong.append(f"a request was taken twice: {request.method} {request.url.path}")
        return second

    def _ask(self, request: httpx.Request) -> Reply:
        try:
            return self.house.answer(request)
        except Killed:
            self.house.restart()
            raise httpx.ReadError("the centre is gone", request=request) from None

    def _kill(self, request: httpx.Request, kill: Kill) -> Reply:
        self.house.database.doom = kill, 0
        try:
            return self._ask(request)
        finally:
            # What was refused before it wrote anything kills nobody, neither now nor later.
            self.house.database.doom = None


def _flipped(request: httpx.Request) -> httpx.Request:
    body = bytearray(request.content)
    if body:
        body[len(body) // 2] ^= 1
        return httpx.Request(request.method, request.url, headers=request.headers, content=bytes(body))
    headers = dict(request.headers) | {"signature": request.headers["signature"][::-1]}
    return httpx.Request(request.method, request.url, headers=headers)


def _spoiled(answer: Reply) -> Reply:
    body = bytearray(answer.body)
    body[len(body) * 2 // 3] ^= 1
    return Reply(answer.status, answer.headers, bytes(body))
