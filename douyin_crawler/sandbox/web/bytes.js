// Byte strings are arrays of numbers 0..255.

const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const utf8 = (text) => Array.from(new TextEncoder().encode(text));

const hex = (bytes) => bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");

const xorOf = (bytes) => bytes.reduce((sum, byte) => sum ^ byte, 0);

const littleEndian = (number, size) =>
  Array.from({ length: size }, (_, place) => Math.floor(number / 256 ** place) % 256);

const bigEndian = (number, size) => littleEndian(number, size).reverse();

// Base64 with padding, in any alphabet of 64 letters.
function base64(bytes, alphabet = STANDARD) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b = 0, c = 0] = bytes.slice(i, i + 3);
    const letters = [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63];
    const used = Math.min(bytes.length - i, 3) + 1;
    text += letters.map((at, place) => (place < used ? alphabet[at] : "=")).join("");
  }
  return text;
}

// The message as both MD5 and SM3 pad it: a one bit, zeros, its length in bits.
function padded(bytes, encodeLength) {
  const zeros = (119 - (bytes.length % 64)) % 64;
  return [...bytes, 128, ...Array(zeros).fill(0), ...encodeLength(bytes.length * 8, 8)];
}

const rotateLeft = (word, by) => (word << by % 32) | (word >>> (32 - (by % 32)) % 32);
