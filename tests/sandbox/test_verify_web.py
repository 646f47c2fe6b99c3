"""The gateway's four refusals, and the query that passes it."""

from __future__ import annotations

from hashlib import md5

import pytest

from douyin_crawler.sandbox.verify import Refused, check_web_signature

UIFID = "ab12" * 40
SALT = "A96D855A08C0A9707F8BEF0D9A527E4E"
NAME = "x-secsdk-web-signature"


def sign(query: str, timestamp: str = "1795500000", uifid: str = UIFID) -> str:
    covered = f"{query}&timestamp={timestamp}"
    signature = md5(f"{uifid}_{timestamp}_{SALT}_{covered}".encode()).hexdigest()
    return f"{covered}&{NAME}={signature}"


def check(query: str) -> None:
    check_web_signature(query, known_uifid=UIFID.__eq__)


def reason(query: str) -> str:
    with pytest.raises(Refused) as refused:
        check(query)
    return refused.value.reason


@pytest.mark.parametrize(
    "query",
    [
        f"aid=6383&uifid={UIFID}&a_bogus=E",
        f"aid=6383&a_bogus=E&uifid={UIFID}",
        f"uifid={UIFID}",
        f"xuifid=1&xtimestamp=1&uifid={UIFID}",
        f"aid=6383&q=%E6%A6%B4&w=%20*~&uifid={UIFID}",
    ],
)
def test_passes(query: str) -> None:
    check(sign(query))


def test_an_old_timestamp_passes() -> None:
    check(sign(f"aid=6383&uifid={UIFID}", "1500000000"))


@pytest.mark.parametrize("query", ["", "aid=6383", "uifid=", "uifid", "UIFID=1"])
def test_without_a_uifid(query: str) -> None:
    assert reason(query) == "uifid not found"
    assert reason(sign(query)) == "uifid not found"


@pytest.mark.parametrize("end", ["", "&timestamp=1", f"&{NAME}", f"&{NAME}="])
def test_without_a_signature(end: str) -> None:
    assert reason(f"aid=6383&uifid={UIFID}{end}") == "signature not found"


def test_with_a_uifid_of_its_own_making() -> None:
    other = "cd34" * 40
    assert reason(sign(f"aid=6383&uifid={other}", uifid=other)) == "validate error"


def test_signed_otherwise() -> None:
    good = sign(f"aid=6383&uifid={UIFID}")
    start, signature = good[:-32], good[-32:]
    covered = start.removesuffix(f"&{NAME}=")
    for wrong in (
        good.replace("6383", "6384"),
        good + "&more=1",
        f"{good}&{NAME}={signature}",
        f"{covered}&more=1&{NAME}={signature}",
        start + signature.upper(),
        start + signature[:-1],
        start + "0" * 32,
        sign(f"aid=6383&uifid={UIFID}&uifid={UIFID}"),
        sign(f"aid=6383&uifid={UIFID}&uifid=1"),
        sign(f"aid=6383&uifid={UIFID}&timestamp=1"),
        sign(f"aid=6383&uifid={UIFID}", "soon"),
        sign(f"aid=6383&uifid={UIFID}", ""),
    ):
        assert reason(wrong) == "sign invalid", wrong
