"""SM3 as GB/T 32905-2016 defines it, word by word."""

from __future__ import annotations

START = "7380166f 4914b2b9 172442d7 da8a0600 a96f30bc 163138aa e38dee4d b0fb0e4e"
WORD = 0xFFFF_FFFF


def sm3(data: bytes) -> bytes:
    state = [int(word, 16) for word in START.split()]
    padded = data + b"\x80" + bytes(-(len(data) + 9) % 64)
    padded += (8 * len(data)).to_bytes(8, "big")
    for at in range(0, len(padded), 64):
        state = compress(state, padded[at : at + 64])
    return b"".join(word.to_bytes(4, "big") for word in state)


def compress(state: list[int], block: bytes) -> list[int]:
    w = expand(block)
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        t = 0x79CC4519 if j < 16 else 0x7A879D8A
        ss1 = rotate(rotate(a, 12) + e + rotate(t, j), 7)
        ss2 = ss1 ^ rotate(a, 12)
        ff = a ^ b ^ c if j < 16 else a & b | a & c | b & c
        gg = e ^ f ^ g if j < 16 else e & f | ~e & g
        tt1 = ff + d + ss2 + (w[j] ^ w[j + 4]) & WORD
        tt2 = gg + h + ss1 + w[j] & WORD
        a, b, c, d = tt1, a, rotate(b, 9), c
        e, f, g, h = tt2 ^ rotate(tt2, 9) ^ rotate(tt2, 17), e, rotate(f, 19), g
    return [x ^ y for x, y in zip((a, b, c, d, e, f, g, h), state, strict=True)]


def expand(block: bytes) -> list[int]:
    w = [int.from_bytes(block[at : at + 4], "big") for at in range(0, 64, 4)]
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ rotate(w[j - 3], 15)
        mixed = x ^ rotate(x, 15) ^ rotate(x, 23)
        w.append(mixed ^ rotate(w[j - 13], 7) ^ w[j - 6])
    return w


def rotate(word: int, bits: int) -> int:
    word, bits = word & WORD, bits % 32
    return (word << bits | word >> 32 - bits) & WORD
