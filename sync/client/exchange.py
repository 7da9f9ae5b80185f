"""One HTTP exchange with the centre, and a strict ear for what counts as its answer.

Whatever is not a well-formed answer of ours (a sign-in page, a proxy's error, half a body) is `Unavailable`;
only a problem document of ours is a `Refused`. TLS always, plain HTTP on loopback only.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx

from app.domain.clock import Clock
from app.domain.fields import Fields
from app.domain.refusal import Refused, Unavailable
from sync.client.port import Busy, Overlong
from sync.wire import codec, digests
from sync.wire.protocol import MAX_ANSWER

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_TIMEOUT = TIMEOUT.as_dict()
# Streams say something every quarter of a minute.
LISTEN = httpx.Timeout(40.0, connect=5.0)
_LONGEST_LINE = 4096
# A name or an address; the library would quote anything else into one.
_HOST = re.compile(r"[\w.-]+|[0-9A-Fa-f:.]+")
_OK = 200
_TOO_LARGE = 413
_BUSY = frozenset({429, 503})
_SERVER_FAULT = 500
_NO_ROOM = 507

UNREACHABLE = "The centre does not answer."
UNTRUSTED = "The centre's certificate is not trusted by this computer."
SOMETHING_ELSE = "Something else answered in the centre's place (a sign-in page of this network?)."
FAULT = "The centre has a fault ({status})."
NO_ROOM = "The centre's disk has no room for it."
BUSY = "The centre is busy."
CHANGED = "The centre's answer was changed on the way."
BARE = "Something on the way took off what the centre says of its answer's bytes."
OVERLONG = "The centre's answer is longer than this station takes."

T = TypeVar("T")


class Problem(Refused):
    """The centre's own no, as a problem document; `members` holds all of it."""

    def __init__(self, f: Fields) -> None:
        # Documents that say nothing of what was expected have their sentence in the detail or the title.
        read = f.maybe_text("read") or f.maybe_text("detail") or f.text("title")
        super().__init__(f.text("code"), read, f.text_or("expected", ""), f.text_or("do", ""))
        self.members = f.raw()


class Exchange:
    """Sends requests to one base URL and judges what comes back.

    A house with a certificate authority of its own names it to all programs of the machine by the
    environment variable SSL_CERT_FILE.

    Args:
        base_url: such as `https://centre.example`.
        clock: for dates in answers.
        transport: how bytes travel, when not over real sockets.

    Raises:
        Refused: `centre.url` when it is no such URL, `centre.plain_http` when it is plain HTTP to another
            machine.
    """

    def __init__(self, base_url: str, clock: Clock, transport: httpx.BaseTransport | None = None) -> None:
        url = _checked(base_url)
        self._clock = clock
        self._base = str(url).rstrip("/")
        self.proven = False
        """True when the last answer said of its own bytes what they are."""
        self._client = httpx.Client(
            base_url=url,
            timeout=TIMEOUT,
            transport=transport,
            follow_redirects=False,
            # Nothing is encrypted on the way to this machine itself: its authorities need not be read.
            verify=url.scheme == "https",
            # A proxy of the house is for the world outside, never for this machine itself.
            trust_env=not _is_loopback(url.host),
            headers={
                "user-agent": "backhaul-station",
                "accept": codec.JSON_TYPE,
                # What else could be unpacked, the digests of an answer do not speak of.
                "accept-encoding": "gzip",
            },
        )

    def request(self, method: str, path: str, content: bytes, headers: Mapping[str, str]) -> httpx.Request:
        """A request with its absolute URL, ready to be signed and sent."""
        # As the client would build it, which would take the address apart and put it together three times.
        every = self._client.headers.copy()
        every.update(headers)
        return httpx.Request(
            method, self._base + path, content=content, headers=every, extensions={"timeout": _TIMEOUT}
        )

    def send(self, request: httpx.Request, read: Callable[[Fields], T], *, proof: bool = False) -> T:
        """What `read` makes of the answer; with `proof`, only of one that says what its bytes are.

        Raises:
            Unavailable: no answer, not one of ours, or one whose bytes were changed on the way; `Busy` when
                told for how long, `Overlong` when it is longer than `MAX_ANSWER`.
            TooLarge: the request carried too much.
            Problem: the centre's own no.
        """
        try:
            answer = self._client.send(request, stream=True)
            try:
                body = self._body(answer)
            finally:
                answer.close()
        except httpx.HTTPError as away:
            untrusted = "CERTIFICATE_VERIFY_FAILED" in str(away)
            raise Unavailable(UNTRUSTED if untrusted else UNREACHABLE) from away
        if proof and not self.proven and _is_ours(answer):
            raise Unavailable(BARE)
        return self._judge(answer, body, read)

    def listen(self, request: httpx.Request, kind: str, on_line: Callable[[str], bool]) -> None:
        """Hands on the lines of a stream of that media type until it ends, or `on_line` says False.

        Raises:
            Unavailable: no answer, not one of ours, or silence for longer than `LISTEN`.
            Problem: the centre's own no.
        """
        request.extensions = {**request.extensions, "timeout": LISTEN.as_dict()}
        # Packed, a few bytes could be a line without end.
        request.headers["accept-encoding"] = "identity"
        try:
            answer = self._client.send(request, stream=True)
            try:
                if answer.status_code == _OK and _kind(answer) == kind:
                    for line in _lines(answer):
                        if not on_line(line):
                            return
                    return
                body = self._body(answer)
            finally:
                answer.close()
        except httpx.HTTPError as away:
            raise Unavailable(UNREACHABLE) from away
        self._judge(answer, body, lambda _: None)
        raise Unavailable(SOMETHING_ELSE)

    def close(self) -> None:
        """Lets the connections go."""
        self._client.close()

    def _body(self, answer: httpx.Response) -> bytes:
        """The answer's bytes, unpacked; held against what it says of them."""
        sent, headers = _raw(answer), answer.headers
        self.proven = digests.are_said(headers)
        try:
            body = codec.unpack(sent, headers.get("content-encoding", "").strip().lower(), MAX_ANSWER)
        except codec.TooLarge:
            raise _overlong(answer) from None
        except Refused as broken:
            raise Unavailable(CHANGED if self.proven else SOMETHING_ELSE) from broken
        if self.proven and not digests.hold(headers, sent, body):
            raise Unavailable(CHANGED)
        return body

    def _judge(self, answer: httpx.Response, body: bytes, read: Callable[[Fields], T]) -> T:
        status = answer.status_code
        if status == _TOO_LARGE:
            raise codec.too_large(len(answer.request.content))
        if status in _BUSY and "retry-after" in answer.headers:
            raise Busy(BUSY, self._seconds(answer.headers["retry-after"]))
        if status == _NO_ROOM:
            raise Unavailable(NO_ROOM)
        if status >= _SERVER_FAULT:
            raise Unavailable(FAULT.format(status=status))
        kind = _kind(answer)
        try:
            if _is_ours(answer):
                return read(codec.decode(body, "the centre's answer"))
            if status != _OK and kind == codec.PROBLEM_TYPE:
                problem = Problem(codec.decode(body, "the centre's problem"))
            else:
                raise Unavailable(SOMETHING_ELSE)
        except Refused as unread:
            raise Unavailable(SOMETHING_ELSE) from unread
        raise problem

    def _seconds(self, retry_after: str) -> float:
        if retry_after.isdecimal():
            return float(retry_after)
        try:
            until: datetime = parsedate_to_datetime(retry_after)
            return max(0.0, (until - self._clock.now()).total_seconds())
        except (ValueError, TypeError):
            return 0.0


def _raw(answer: httpx.Response) -> bytes:
    found = bytearray()
    for chunk in answer.iter_raw():
        found += chunk
        if len(found) > MAX_ANSWER:
            raise _overlong(answer)
    return bytes(found)


def _overlong(answer: httpx.Response) -> Unavailable:
    return Overlong(OVERLONG) if _is_ours(answer) else Unavailable(SOMETHING_ELSE)


def _is_ours(answer: httpx.Response) -> bool:
    return answer.status_code == _OK and _kind(answer) == codec.JSON_TYPE


def _lines(answer: httpx.Response) -> Iterator[str]:
    """The lines of a stream; never more than one of them is kept, and none that is longer than any of ours.

    Raises:
        Unavailable: one is longer, or the stream is packed.
    """
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise Unavailable(SOMETHING_ELSE)
    kept = b""
    for part in answer.iter_raw():
        *lines, kept = (kept + part).split(b"\n")
        for line in lines:
            if len(line) > _LONGEST_LINE:
                raise Unavailable(SOMETHING_ELSE)
            yield line.removesuffix(b"\r").decode(errors="replace")
        if len(kept) > _LONGEST_LINE:
            raise Unavailable(SOMETHING_ELSE)


def _kind(answer: httpx.Response) -> str:
    kind: str = answer.headers.get("content-type", "")
    return kind.partition(";")[0].strip().lower()


def _checked(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url.rstrip("/"))
    except httpx.InvalidURL:
        url = httpx.URL("")
    extra = url.query or url.fragment or url.userinfo
    if url.scheme not in {"http", "https"} or not _HOST.fullmatch(url.host) or extra:
        raise Refused(
            "centre.url",
            f"Read the centre's address {base_url[:80]!r}.",
            "Expected an address such as https://centre.example.",
            "Correct the address.",
        )
    if url.scheme == "http" and not _is_loopback(url.host):
        raise Refused(
            "centre.plain_http",
            f"Read the centre's address {base_url[:80]!r}.",
            "Without https anybody on the way could read along; http is for this computer itself only.",
            "Use the centre's https address.",
        )
    return url


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
