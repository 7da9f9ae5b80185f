"""Plain HTTP stays on this computer unless somebody says that TLS stands in front."""

from __future__ import annotations

import pytest

from app.bootstrap.listening import require_sheltered
from app.domain.refusal import Refused


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "localhost"])
def test_this_computer_may_be_listened_on(host: str) -> None:
    require_sheltered(host, behind_tls=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "centre.example.com", ""])  # noqa: S104 - refused
def test_a_network_is_listened_on_behind_tls_alone(host: str) -> None:
    with pytest.raises(Refused) as no:
        require_sheltered(host, behind_tls=False)
    assert (no.value.code, "--behind-tls" in no.value.do) == ("serve.plain", True)
    require_sheltered(host, behind_tls=True)
