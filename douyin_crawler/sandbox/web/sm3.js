// SM3 (GB/T 32905-2016) of a byte string.

const SM3_START = [
  0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
];

const permute0 = (x) => x ^ rotateLeft(x, 9) ^ rotateLeft(x, 17);
const permute1 = (x) => x ^ rotateLeft(x, 15) ^ rotateLeft(x, 23);

function sm3Words(block) {
  const words = Array.from({ length: 16 }, (_, i) =>
    block.slice(4 * i, 4 * i + 4).reduce((word, byte) => (word << 8) | byte, 0));
  for (let j = 16; j < 68; j++) {
    const mixed = words[j - 16] ^ words[j - 9] ^ rotateLeft(words[j - 3], 15);
    words.push(permute1(mixed) ^ rotateLeft(words[j - 13], 7) ^ words[j - 6]);
  }
  return words;
}

function sm3Block(state, block) {
  const words = sm3Words(block);
  let [a, b, c, d, e, f, g, h] = state;
  for (let j = 0; j < 64; j++) {
    const constant = rotateLeft(j < 16 ? 0x79cc4519 : 0x7a879d8a, j);
    const first = rotateLeft((rotateLeft(a, 12) + e + constant) | 0, 7);
    const second = first ^ rotateLeft(a, 12);
    const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
    const left = (ff + d + second + (words[j] ^ words[j + 4])) | 0;
    const right = (gg + h + first + words[j]) | 0;
    [a, b, c, d, e, f, g, h] = [left, a, rotateLeft(b, 9), c, permute0(right), e, rotateLeft(f, 19), g];
  }
  return [a, b, c, d, e, f, g, h].map((word, i) => word ^ state[i]);
}

function sm3(bytes) {
  const message = padded(bytes, bigEndian);
  let state = SM3_START;
  for (let at = 0; at < message.length; at += 64) {
    state = sm3Block(state, message.slice(at, at + 64));
  }
  return state.flatMap((word) => bigEndian(word >>> 0, 4));
}
