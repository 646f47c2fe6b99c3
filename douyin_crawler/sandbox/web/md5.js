// MD5 (RFC 1321) of a byte string.

const MD5_SHIFTS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
const MD5_SINES = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0);
const MD5_ROUNDS = [
  (b, c, d) => (b & c) | (~b & d),
  (b, c, d) => (d & b) | (~d & c),
  (b, c, d) => b ^ c ^ d,
  (b, c, d) => c ^ (b | ~d),
];
const MD5_WORDS = [(i) => i, (i) => (5 * i + 1) % 16, (i) => (3 * i + 5) % 16, (i) => (7 * i) % 16];

function md5Block(state, words) {
  let [a, b, c, d] = state;
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    const mixed = a + MD5_ROUNDS[round](b, c, d) + MD5_SINES[i] + words[MD5_WORDS[round](i)];
    [a, d, c, b] = [d, c, b, (b + rotateLeft(mixed | 0, MD5_SHIFTS[round][i % 4])) | 0];
  }
  return [a, b, c, d].map((word, i) => (word + state[i]) | 0);
}

function md5(bytes) {
  const message = padded(bytes, littleEndian);
  let state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < message.length; at += 64) {
    const words = Array.from({ length: 16 }, (_, i) =>
      message.slice(at + 4 * i, at + 4 * i + 4).reduce((word, byte, n) => word | (byte << (8 * n)), 0));
    state = md5Block(state, words);
  }
  return state.flatMap((word) => littleEndian(word >>> 0, 4));
}
