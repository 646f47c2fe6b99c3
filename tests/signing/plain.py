"""The signatures written for reading, straight from the text of ``signing.md``.

Shares nothing with ``douyin_crawler.signing``; one step a line, one byte at a time.
"""

from __future__ import annotations

import base64
import hashlib
from functools import reduce
from operator import xor
from string import ascii_lowercase, ascii_uppercase, digits
from typing import TYPE_CHECKING

from tests.signing.plain_sm3 import sm3

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.signing.vectors import PageRow

STANDARD = ascii_uppercase + ascii_lowercase + digits + "+/"
XB = "Dkdpgh4ZKsQB80/Mfvw36XI1R25-WUAlEi7NLboqYTOPuzmFjJnryx9HVGcaStCe"
S3 = "ckdp1h4ZKsUB80/Mfvw36XIgR25+WQAlEi7NLboqYTOPuzmFjJnryx9HVGDaStCe"
S4 = "Dkdpgh2ZmsQB80/MfvV36XI1R45-WUAlEixNLwoqYTOPuzKFjJnry79HbGcaStCe"
ORDER = """
    34 44 56 61 73 29 70 45 35 49 38 66 51 68 28 48 64 47 30 71 26 55 31 69 59
    40 62 63 27 72 41 74 57 52 42 39 33 67 53 43 65 46 36 24 60 32 79 80 84 85
"""


def x_bogus(query: str, body: bytes, user_agent: str, timestamp: int) -> str:
    agent = rc4([0, 1, 12], list(user_agent.strip().encode()))
    plain = [0x40, 0x00, 0x01, 0x0C]
    plain += md5(md5(query.encode()))[14:16]
    plain += md5(md5(body))[14:16]
    plain += md5(b64(agent, STANDARD).encode())[14:16]
    plain += timestamp.to_bytes(4, "big")
    plain += [0x20, 0x00, 0xBE, 0x90]
    plain.append(reduce(xor, plain))
    return b64([0x02, 0xFF, *rc4([0xFF], plain)], XB)


def a_bogus(
    query: str,
    body: bytes,
    user_agent: str,
    fingerprint: str,
    page: PageRow,
    now_ms: int,
    noise: Sequence[int],
    made: int,
) -> str:
    window = encode(fingerprint)
    tail = list(f"{(now_ms + 3) & 255},".encode())
    v = numbered(query, body, user_agent.strip(), page, now_ms, made)
    little(v, 79, 2, len(window))
    little(v, 84, 2, len(tail))
    scalars = [v[int(number)] for number in ORDER.split()]

    n0, n1, n2, n3, n4, n5, *groups = noise
    lead = pair(1, 0, n2, n3) + pair(1, 0, n4, n5)
    text = [*scalars, *window, *tail, reduce(xor, lead + scalars)]
    return b64(pair(3, 82, n0, n1) + arc4([0xD3], lead + wide(text, groups)), S4)


def web_signature(query: str, uifid: str, timestamp: int) -> str:
    names = [parameter.split("=")[0] for parameter in query.split("&")]
    if "uifid" not in names:
        query += "&uifid=" + uifid
    query += "&timestamp=" + str(timestamp)
    salted = "_".join(
        (uifid, str(timestamp), "A96D855A08C0A9707F8BEF0D9A527E4E", query)
    )
    signature = hashlib.md5(salted.encode()).hexdigest()
    return query + "&x-secsdk-web-signature=" + signature


def numbered(
    query: str, body: bytes, user_agent: str, page: PageRow, now_ms: int, made: int
) -> dict[int, int]:
    """Return the numbered set of bytes v, less the two lengths."""
    env, detect = page.env, page.detect
    key = [env >> 8, env & 255, detect & 255]
    agent = b64(arc4(key, list(user_agent.encode())), S3)
    q = sm3(sm3(query.encode() + b"dhzx"))
    b = sm3(sm3(body + b"dhzx"))
    u = sm3(agent.encode())

    v = {24: 41, 28: 3, 66: 3}
    v[26] = fortnights(now_ms - 1721836800000) & 255
    v[27] = 6 if made <= 139 else 5 if made <= 1283 else 4 if made <= 10745 else 3
    little(v, 29, 6, now_ms)
    little(v, 35, 2, env)
    little(v, 38, 2, page.nr)
    v[40], v[41], v[42], v[43] = page.nr_tag
    little(v, 44, 4, detect)
    v[48], v[49], v[51] = q[9], q[18], clean(q, 3, 11, 12)
    v[52], v[53], v[55] = b[10], b[19], clean(b, 4, 8, 9)
    v[56], v[57], v[59] = u[11], u[21], clean(u, 5, 12, 13)
    little(v, 60, 6, now_ms - 1)
    little(v, 67, 4, page.page_id)
    little(v, 71, 4, page.aid)
    return v


def little(v: dict[int, int], at: int, size: int, value: int) -> None:
    for place in range(size):
        v[at + place] = value >> 8 * place & 255


def fortnights(ms: int) -> int:
    whole = abs(ms) // 1209600000
    return whole if ms >= 0 else -whole


def clean(digest: bytes, at: int, reserved: int, otherwise: int) -> int:
    return next((byte for byte in digest[at:] if byte != reserved), otherwise)


def encode(fingerprint: str) -> list[int]:
    units = fingerprint.encode("utf-16-be", "surrogatepass")
    encoded = []
    for high, low in zip(units[::2], units[1::2], strict=True):
        encoded += [high, low] if high else [low]
    return encoded


def pair(x: int, y: int, n: int, m: int) -> list[int]:
    return [
        n & 0xAA | x & 0x55,
        n & 0x55 | x & 0xAA,
        m & 0xAA | y & 0x55,
        m & 0x55 | y & 0xAA,
    ]


def wide(text: list[int], noise: Sequence[int]) -> list[int]:
    out = []
    groups = len(text) // 3
    for group, n in zip(range(groups), noise, strict=True):
        x, y, z = text[3 * group : 3 * group + 3]
        out += [n & 0x91 | x & 0x6E, n & 0x42 | y & 0xBD, n & 0x2C | z & 0xD3]
        out += [x & 0x91 | y & 0x42 | z & 0x2C]
    left = text[3 * groups :]
    if len(left) == 2 and left[1] == 0:
        left = left[:1]
    return out + left


def rc4(key: list[int], data: list[int]) -> list[int]:
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    return generate(box, data)


def arc4(key: list[int], data: list[int]) -> list[int]:
    box = [255 - i for i in range(256)]
    j = 0
    for i in range(256):
        j = (j * box[i] + j + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    return generate(box, data)


def generate(box: list[int], data: list[int]) -> list[int]:
    out = []
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return out


def b64(data: list[int], alphabet: str) -> str:
    letters = base64.b64encode(bytes(data)).decode()
    places = dict(zip(STANDARD, alphabet, strict=True)) | {"=": "="}
    return "".join(places[letter] for letter in letters)


def md5(data: bytes) -> bytes:
    return hashlib.md5(data).digest()
