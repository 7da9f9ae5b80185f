from __future__ import annotations

import gzip

import pytest

from sync.wire import digests

BODY = b'{"hello": "world"}\n'
# The example of RFC 9530, appendix B.1.
OF_BODY = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
PACKED = gzip.compress(BODY, mtime=0)


def test_plain_bytes_are_said_once_as_the_standard_says_them() -> None:
    assert digests.said_of(BODY, BODY) == {"content-digest": OF_BODY}


def test_packed_bytes_are_said_as_sent_and_as_they_were() -> None:
    said = digests.said_of(PACKED, BODY)
    assert said["unencoded-digest"] == OF_BODY
    assert digests.hold({"content-digest": said["content-digest"]}, PACKED, BODY)


@pytest.mark.parametrize("sent", [BODY, PACKED, gzip.compress(BODY, 1, mtime=7)])
@pytest.mark.parametrize("first", [BODY, PACKED])
def test_packing_on_the_way_changes_nothing(sent: bytes, first: bytes) -> None:
    assert digests.hold(digests.said_of(first, BODY), sent, BODY)


@pytest.mark.parametrize("first", [BODY, PACKED])
def test_changed_bytes_do_not_hold(first: bytes) -> None:
    said, other = digests.said_of(first, BODY), BODY.replace(b"w", b"v")
    assert digests.are_said(said)
    assert not digests.hold(said, other, other)
    assert not digests.hold(said, gzip.compress(other), other)


def test_other_digests_beside_ours_do_not_matter() -> None:
    said = {"content-digest": f"sha-512=:AAAA:, {OF_BODY}"}
    assert digests.are_said(said)
    assert digests.hold(said, BODY, BODY)


@pytest.mark.parametrize("said", [{}, {"content-digest": ""}, {"content-digest": "sha-512=:AAAA:"}])
def test_an_answer_that_says_nothing_we_know_is_told_apart(said: dict[str, str]) -> None:
    assert not digests.are_said(said)
    assert not digests.hold(said, BODY, BODY)
