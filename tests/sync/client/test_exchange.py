from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from app.domain.refusal import Refused, Unavailable
from sync.client import exchange
from sync.client.exchange import Exchange, Problem
from sync.client.port import Busy, Overlong
from sync.wire import codec
from sync.wire.own_form import digest_of
from sync.wire.protocol import MAX_ANSWER
from tests.sync.central.receiving import NOW, OwnClock

URL = "https://centre.example"
Handler = Callable[[httpx.Request], httpx.Response]


@contextmanager
def to(handler: Handler, base_url: str = URL) -> Iterator[Exchange]:
    found = Exchange(base_url, OwnClock(), httpx.MockTransport(handler))
    try:
        yield found
    finally:
        found.close()


def ask(
    status: int = 200, content: bytes | str = b"{}", kind: str = "application/json", **headers: str
) -> str:
    """What `word` says in an answer of that shape."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def handler(_: httpx.Request) -> httpx.Response:
        body = content.encode() if isinstance(content, str) else content
        return httpx.Response(status, stream=httpx.ByteStream(body), headers={"content-type": kind, **named})

    with to(handler) as centre:
        return centre.send(centre.request("POST", "/v1/x", b"body", {}), lambda f: f.text("word"))


def test_an_answer_of_ours_is_read() -> None:
    assert ask(content='{"word":"yes"}') == "yes"
    assert ask(content='{"word":"yes"}', kind="application/json; charset=utf-8") == "yes"
    assert ask(content=gzip.compress(b'{"word":"yes"}'), content_encoding="gzip") == "yes"


YES = b'{"word":"yes"}'


def test_an_answer_that_says_what_its_bytes_are_is_held_against_it() -> None:
    assert ask(content=YES, content_digest=digest_of(YES)) == "yes"
    packed = gzip.compress(YES)
    assert ask(content=packed, content_encoding="GZIP", content_digest=digest_of(packed)) == "yes"
    for wrong in (YES.replace(b"y", b"Y"), YES + b" ", b"", packed):
        with pytest.raises(Unavailable, match="changed on the way"):
            ask(content=wrong, content_digest=digest_of(YES))
    with pytest.raises(Unavailable, match="changed on the way"):
        ask(content=b"no archive", content_encoding="gzip", content_digest=digest_of(packed))


def test_a_no_and_a_fault_are_held_against_it_too() -> None:
    no = json.dumps({"code": "station.fenced", "title": "No."}).encode()
    with pytest.raises(Problem):
        ask(403, no, "application/problem+json", content_digest=digest_of(no))
    with pytest.raises(Unavailable, match="changed on the way"):
        ask(403, no, "application/problem+json", content_digest=digest_of(b"another"))


def test_with_proof_asked_for_only_an_answer_that_gives_it_is_one() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        said = {"content-digest": digest_of(YES)} if request.url.path == "/v1/proven" else {}
        return httpx.Response(
            200, stream=httpx.ByteStream(YES), headers={"content-type": "application/json", **said}
        )

    with to(handler) as centre:
        proven, bare = (centre.request("GET", path, b"", {}) for path in ("/v1/proven", "/v1/bare"))
        assert centre.send(proven, lambda f: f.text("word"), proof=True) == "yes"
        assert centre.send(bare, lambda f: f.text("word")) == "yes"
        assert not centre.proven
        with pytest.raises(Unavailable, match="took off"):
            centre.send(bare, lambda f: f.text("word"), proof=True)


def test_a_small_archive_that_swells_without_end_is_no_answer() -> None:
    with pytest.raises(Overlong):
        ask(content=gzip.compress(bytes(MAX_ANSWER + 1)), content_encoding="gzip")


PORTAL = "<html><title>Welcome to the warehouse Wi-Fi</title><form>Sign in</form></html>"


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (200, PORTAL, "text/html"),
        (200, PORTAL, "application/json"),
        (200, '{"word":"yes"}', "text/html"),
        (200, '{"word":7}', "application/json"),
        (200, '{"other":"yes"}', "application/json"),
        (200, '["yes"]', "application/json"),
        (200, '{"word":"yes"', "application/json"),
        (204, "", "application/json"),
        (302, "", "text/html"),
        (307, '{"word":"yes"}', "application/json"),
        (404, PORTAL, "text/html"),
        (404, '{"word":"yes"}', "application/json"),
        (400, '{"title":"No","status":400}', "application/problem+json"),
        (400, PORTAL, "application/problem+json"),
        (511, PORTAL, "text/html"),
    ],
)
def test_whatever_else_answers_is_no_answer(status: int, content: str, kind: str) -> None:
    with pytest.raises(Unavailable) as no:
        ask(status, content, kind)
    assert not isinstance(no.value, Busy)


def test_a_redirect_is_not_followed() -> None:
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        away = {"location": "https://portal.example/login"}
        return httpx.Response(302, stream=httpx.ByteStream(b""), headers=away)

    with to(handler) as centre, pytest.raises(Unavailable):
        centre.send(centre.request("GET", "/v1/x", b"", {}), lambda f: f)
    assert asked == [f"{URL}/v1/x"]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_fault_is_tried_again(status: int) -> None:
    with pytest.raises(Unavailable, match=str(status)):
        ask(status, "oops", "text/plain")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("30", 30),
        ("0", 0),
        ("Sun, 22 Nov 2026 10:43:07 GMT", 120),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0),
        ("Sun, 22 Nov 2026 09:00:00", 0),
        ("soon", 0),
        ("-5", 0),
    ],
)
def test_retry_after_is_read_in_both_forms(status: int, retry_after: str, seconds: float) -> None:
    with pytest.raises(Busy) as busy:
        ask(status, "slow down", "text/plain", retry_after=retry_after)
    assert busy.value.after_s == seconds


@pytest.mark.parametrize("kind", ["text/html", "application/problem+json"])
def test_too_much_is_said_by_whoever_stands_in_the_way(kind: str) -> None:
    with pytest.raises(codec.TooLarge):
        ask(413, "<html>413 Request Entity Too Large</html>", kind)


def test_a_problem_of_ours_is_a_refusal_with_all_it_says() -> None:
    document = {
        "type": "urn:backhaul:enrol.code",
        "title": "Read a code that was used already.",
        "status": 403,
        "code": "enrol.code",
        "read": "Read a code that was used already.",
        "expected": "A code is good once.",
        "do": "Ask for a new code.",
        "later": 1,
    }
    with pytest.raises(Problem) as no:
        ask(403, json.dumps(document), "application/problem+json")
    assert (no.value.code, no.value.read, no.value.do) == ("enrol.code", document["read"], document["do"])
    assert no.value.members == document


@pytest.mark.parametrize("says", [{"detail": "No such route."}, {"title": "No such route."}])
def test_a_short_problem_still_says_something(says: dict[str, str]) -> None:
    with pytest.raises(Problem, match="No such route"):
        ask(404, json.dumps({"code": "http.404", "status": 404, **says}), "application/problem+json")


@pytest.mark.parametrize(
    ("kind", "says"),
    [("application/json", exchange.OVERLONG), ("text/html", exchange.SOMETHING_ELSE)],
)
def test_an_endless_answer_is_cut_off_and_only_ours_is_said_to_be_the_centres(kind: str, says: str) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        # Ends after all, so that a mistake costs a test and not the machine's memory.
        for _ in range(3 * MAX_ANSWER >> 20):
            sent += 1 << 20
            yield b" " * (1 << 20)

    def handler(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=endless(), headers={"content-type": kind})

    with to(handler) as centre, pytest.raises(Unavailable) as away:
        centre.send(centre.request("GET", "/v1/x", b"", {}), lambda f: f)
    assert str(away.value) == says
    assert isinstance(away.value, Overlong) == (says == exchange.OVERLONG)
    assert sent <= MAX_ANSWER + (2 << 20)


def failing(fault: type[Exception], words: str) -> Handler:
    def handler(_: httpx.Request) -> httpx.Response:
        raise fault(words)

    return handler


@pytest.mark.parametrize(
    ("fault", "words", "says"),
    [
        (httpx.ConnectError, "Connection refused", exchange.UNREACHABLE),
        (httpx.ConnectTimeout, "", exchange.UNREACHABLE),
        (httpx.ReadTimeout, "", exchange.UNREACHABLE),
        (httpx.RemoteProtocolError, "Server disconnected", exchange.UNREACHABLE),
        (httpx.ConnectError, "[SSL: CERTIFICATE_VERIFY_FAILED] self-signed", exchange.UNTRUSTED),
    ],
)
def test_a_way_that_fails_is_said_in_plain_words(fault: type[Exception], words: str, says: str) -> None:
    with to(failing(fault, words)) as centre, pytest.raises(Unavailable) as no:
        centre.send(centre.request("GET", "/v1/x", b"", {}), lambda f: f)
    assert str(no.value) == says


def test_nobody_at_the_port_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        centre = Exchange(f"http://127.0.0.1:{taken.getsockname()[1]}", OwnClock())
        with pytest.raises(Unavailable, match="does not answer"):
            centre.send(centre.request("GET", "/v1/x", b"", {}), lambda f: f)
        centre.close()


def certificate(folder: Path) -> Path:
    """A key and a certificate for this machine that nobody vouches for, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=9999))
        .not_valid_after(NOW + timedelta(days=9999))
        .sign(key, hashes.SHA256())
    )
    found = folder / "self-signed.pem"
    found.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    return found


def test_a_certificate_nobody_vouches_for_is_said_and_not_talked_to(tmp_path: Path) -> None:
    shaken: list[BaseException | None] = []

    def answer(listener: socket.socket) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(tmp_path))
        line, _ = listener.accept()
        with line:
            try:
                context.wrap_socket(line, server_side=True).close()
            except OSError as refused:
                shaken.append(refused)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,))
        thread.start()
        centre = Exchange(f"https://127.0.0.1:{listener.getsockname()[1]}", OwnClock())
        with pytest.raises(Unavailable) as no:
            centre.send(centre.request("POST", "/v1/sync/enrol", b'{"code":"secret"}', {}), lambda f: f)
        thread.join()
        centre.close()
    assert str(no.value) == exchange.UNTRUSTED
    assert len(shaken) == 1


class Endless(httpx.SyncByteStream):
    """A stream that says the same for ever, and counts how often."""

    def __init__(self, part: bytes) -> None:
        self.part, self.said = part, 0

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.said += 1
            yield self.part


def heard(stream: httpx.SyncByteStream, **headers: str) -> list[str]:
    """The first three lines of a stream."""
    lines = list[str]()

    def hear(line: str) -> bool:
        lines.append(line)
        return len(lines) < 3

    answer = httpx.Response(200, headers={"content-type": "text/event-stream"} | headers, stream=stream)
    with to(lambda _: answer) as centre:
        centre.listen(centre.request("GET", "/v1/wake", b"", {}), "text/event-stream", hear)
    return lines


def test_lines_of_a_stream_are_put_together_from_its_parts() -> None:
    assert heard(Endless(b"e: 1\r\nd")) == ["e: 1", "de: 1", "de: 1"]
    assert heard(Endless(b"\xff\n")) == ["\ufffd"] * 3


def test_a_line_without_end_is_not_gathered() -> None:
    stream = Endless(b"x" * 1000)
    with pytest.raises(Unavailable, match="Something else"):
        heard(stream)
    assert stream.said == 5
    with pytest.raises(Unavailable, match="Something else"):
        heard(Endless(b"x" * 5000 + b"\n"))
    # Packed, a few bytes could be a line of any length.
    packed = Endless(gzip.compress(b"x" * 1_000_000))
    with pytest.raises(Unavailable, match="Something else"):
        heard(packed, **{"content-encoding": "gzip"})
    assert packed.said == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://centre.example",
        "https://centre.example/",
        "https://centre.example:8443/backhaul",
        "http://127.0.0.1:8080",
        "http://127.4.5.6",
        "http://localhost:8080",
        "http://[::1]:8080",
    ],
)
def test_https_and_plain_http_on_this_machine_are_taken(url: str) -> None:
    with to(lambda _: httpx.Response(200), url) as centre:
        assert str(centre.request("GET", "/v1/x", b"", {}).url) == url.rstrip("/") + "/v1/x"


@pytest.mark.parametrize(
    "url", ["http://centre.example", "http://10.0.0.7:8080", "http://localhost.example", "http://[::2]"]
)
def test_plain_http_to_another_machine_is_refused(url: str) -> None:
    with pytest.raises(Refused, match="https") as no:
        Exchange(url, OwnClock())
    assert no.value.code == "centre.plain_http"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "centre.example",
        "ftp://centre.example",
        "https://",
        "https://[",
        "https://a b",
        "https://x:port",
        "https://u:p@c.example",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Refused) as no:
        Exchange(url, OwnClock())
    assert no.value.code == "centre.url"
