"""Where a signature stands, when it was made, and whose code checks it."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from struct import pack

import pytest

import douyin_crawler.sandbox
from douyin_crawler.sandbox.verify import Received, Refused, check_signature
from douyin_crawler.sandbox.verify_crypto import encode64, md5, rc4
from douyin_crawler.sandbox.verify_xbogus import XB
from tests.sandbox.test_verify_abogus import Recipe

SANDBOX = Path(douyin_crawler.sandbox.__file__).parent
AGENT = "Mozilla/5.0 Chrome/146.0.0.0"
NOW = 1_795_500_000


def x_bogus(query: str, *, opening: bytes = b"\x40\x00\x01\x0c") -> str:
    agent = md5(encode64(rc4(b"\x00\x01\x0c", AGENT.encode())))[14:]
    tails = md5(md5(query.encode()))[14:] + md5(md5(b""))[14:] + agent
    plain = opening + tails + pack(">II", NOW, 0x2000BE90)
    checksum = 0
    for byte in plain:
        checksum ^= byte
    sealed = b"\x02\xff" + rc4(b"\xff", plain + bytes((checksum,)))
    return encode64(sealed, XB).decode().replace("/", "%2F")


def reason(received: Received, max_age: float | None = 60.0) -> str:
    with pytest.raises(Refused) as refused:
        check_signature(received, max_age=max_age)
    return refused.value.reason


def received(wire: str) -> Received:
    return Received(wire, b"", AGENT, NOW)


@pytest.mark.parametrize(
    "after",
    [
        "",
        "&verifyFp=verify_1&fp=verify_1",
        "&uifid=1&timestamp=2&x-secsdk-web-signature=3",
        "&verifyFp=1&fp=1&uifid=1&timestamp=2&x-secsdk-web-signature=3",
        "&verifyFp=1&fp=1&timestamp=2&x-secsdk-web-signature=3",
    ],
)
def test_what_may_follow(after: str) -> None:
    wire = f"aid=6383&X-Bogus={x_bogus('aid=6383')}{after}"
    assert check_signature(received(wire)).signer == "x_bogus"


@pytest.mark.parametrize(
    "after",
    [
        "&",
        "&msToken=1",
        "&webid=1",
        "&fp=1&fp=1",
        "&fp=1&verifyFp=1",
        "&%66p=1",
        "&FP=1",
    ],
)
def test_nothing_else_may_follow(after: str) -> None:
    wire = f"aid=6383&X-Bogus={x_bogus('aid=6383')}{after}"
    assert reason(received(wire)) == "trailing"


@pytest.mark.parametrize("wire", ["X-Bogus={}", "&X-Bogus={}"])
def test_an_empty_query(wire: str) -> None:
    assert check_signature(received(wire.format(x_bogus("")))).age == 0


@pytest.mark.parametrize(
    "wire", ["", "aid=6383", "x-bogus=1", "xa_bogus=1", "a=a_bogus"]
)
def test_no_signature(wire: str) -> None:
    assert reason(received(wire)) == "missing"


def test_two_signatures() -> None:
    once = f"aid=6383&X-Bogus={x_bogus('aid=6383')}"
    for more in ("X-Bogus=1", "a_bogus=1", "X-Bogus", "a%5Fbogus=1", "%58-Bogus=1"):
        assert reason(received(f"{once}&{more}")) == "duplicate"
        assert reason(received(f"{more}&{once}")) == "duplicate"
    assert reason(received(f"{once}&{once}")) == "duplicate"


@pytest.mark.parametrize(
    "value",
    ["", "%2f", "D/D", "DD==", "DD%3d", "DD%3DD", "D D", "D+D", "D%44", "中", "D"],
)
@pytest.mark.parametrize("name", ["a_bogus", "X-Bogus"])
def test_no_signature_at_all(name: str, value: str) -> None:
    assert reason(received(f"aid=6383&{name}={value}")) == "malformed"


@pytest.mark.parametrize("name", ["a%5Fbogus", "X%2DBogus", "a_bogus%3D"])
def test_an_escaped_name(name: str) -> None:
    wire = f"aid=6383&{name}={x_bogus('aid=6383')}"
    assert reason(received(wire)) in {"malformed", "missing"}


@pytest.mark.parametrize("length", [*range(0, 100, 3), 3_000])
def test_an_a_bogus_of_any_length(length: int) -> None:
    """Never another exception than Refused."""
    for padding in ("", "%3D", "%3D%3D"):
        got = reason(received(f"aid=6383&a_bogus={'D' * length}{padding}"))
        assert got in {"malformed", "lengths", "checksum"}


def test_other_constants_of_x_bogus() -> None:
    wire = f"aid=6383&X-Bogus={x_bogus('aid=6383', opening=bytes(4))}"
    assert reason(received(wire)) == "constants"


def test_half_surrogates() -> None:
    """aiohttp hands on what is not UTF-8 as half surrogates; others cannot come."""
    value = x_bogus("aid=6383")
    assert reason(received(f"aid=\udcff&X-Bogus={value}")) == "query"
    assert reason(received(f"aid=\ud800&X-Bogus={value}")) == "query"


@pytest.mark.parametrize("agent", ["", "Mozilla\x7f", "Mozilla \N{SNOWMAN}", "a\nb"])
def test_agents_that_cannot_be_sent(agent: str) -> None:
    wire = f"aid=6383&X-Bogus={x_bogus('aid=6383')}"
    assert reason(Received(wire, b"", agent, NOW)) == "agent"


A_BOGUS = Recipe(now_ms=NOW * 1000 + 250).received()
X_BOGUS = received(f"aid=6383&X-Bogus={x_bogus('aid=6383')}")


@pytest.mark.parametrize("signed", [A_BOGUS, X_BOGUS], ids=["a_bogus", "X-Bogus"])
def test_the_clock(signed: Received) -> None:
    for late in (0, 1, 59.75):
        checked = check_signature(replace(signed, now=NOW + 0.25 + late))
        assert checked.age - late == pytest.approx(0.25 if signed is X_BOGUS else 0)
    for late in (60.5, 3600, -6, -3600):
        assert reason(replace(signed, now=NOW + 0.25 + late)) == "clock"
        aside = check_signature(replace(signed, now=NOW + late), max_age=None)
        assert int(aside.signed_at) == NOW
    assert reason(replace(signed, now=NOW + 2), max_age=1) == "clock"
    assert check_signature(replace(signed, now=NOW - 1)).age < 0


def test_a_session_keeps_to_its_fingerprint() -> None:
    shown = check_signature(A_BOGUS).fingerprint
    assert check_signature(A_BOGUS, fingerprint=shown).fingerprint == shown
    with pytest.raises(Refused, match="fingerprint: keep to one"):
        check_signature(A_BOGUS, fingerprint=shown.replace(b"947", b"946"))
    assert check_signature(X_BOGUS, fingerprint=shown).fingerprint == b""


def imports(path: Path) -> set[str]:
    """Every name that a module imports, and every text that could name a module."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module or ''}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", sorted(SANDBOX.rglob("*.py")), ids=lambda p: p.stem)
def test_the_sandbox_shares_nothing_with_signing(path: Path) -> None:
    assert not [name for name in imports(path) if "signing" in name.split(".")]


def test_no_signing_module_is_loaded() -> None:
    code = (
        "import sys, douyin_crawler.sandbox.verify\n"
        "print([m for m in sys.modules if 'douyin_crawler.signing' in m])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
