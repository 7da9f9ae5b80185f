"""What a token of some sites may act on, see, and hand on."""

from __future__ import annotations

import pytest

from sync.central.rules.scope import Sites, may_act, may_give, may_see, outside

SOME: Sites = frozenset({"WH1", "WH2"})


@pytest.mark.parametrize(
    ("sites", "site", "act", "see"),
    [
        (None, "WH9", True, True),
        (None, None, True, True),
        (SOME, "WH1", True, True),
        (SOME, "WH9", False, False),
        (SOME, None, False, True),
        (frozenset[str](), "WH1", False, False),
    ],
)
def test_a_site_is_within_or_it_is_not(sites: Sites, site: str | None, *, act: bool, see: bool) -> None:
    assert (may_act(sites, site), may_see(sites, site)) == (act, see)


def test_nobody_gives_more_than_they_have() -> None:
    assert may_give(None, None)
    assert may_give(None, SOME)
    assert may_give(SOME, frozenset({"WH1"}))
    assert not may_give(SOME, None)
    assert not may_give(SOME, frozenset({"WH1", "WH9"}))


def test_the_refusal_names_a_few_of_the_tokens_sites() -> None:
    no = outside(frozenset(f"S{n}" for n in range(8)), "WH9")
    assert (no.code, no.read) == ("token.site", "Read the site 'WH9'.")
    assert "S0, S1, S2, S3, S4 and 3 more" in no.expected
    assert outside(SOME, None).read == "Read no site."
