// a_bogus of script version 1.0.1.19-fix.01; `page` holds what the script reports of its page.

const S3 = "ckdp1h4ZKsUB80/Mfvw36XIgR25+WQAlEi7NLboqYTOPuzmFjJnryx9HVGDaStCe";
const S4 = "Dkdpgh2ZmsQB80/MfvV36XI1R45-WUAlEixNLwoqYTOPuzKFjJnry79HbGcaStCe";
const ORDER = [
  34, 44, 56, 61, 73, 29, 70, 45, 35, 49, 38, 66, 51, 68, 28, 48, 64, 47, 30, 71, 26, 55, 31, 69, 59,
  40, 62, 63, 27, 72, 41, 74, 57, 52, 42, 39, 33, 67, 53, 43, 65, 46, 36, 24, 60, 32, 79, 80, 84, 85,
];
const EPOCH_MS = 1721836800000;
const FORTNIGHT_MS = 1209600000;
const MADE = [[139, 6], [1283, 5], [10745, 4], [Infinity, 3]];
const DEFAULT_PAGE = { env: 1, nr: 33, nrTag: [0, 0, 0, 0], detect: 14, pageId: 6241, aid: 6383 };

const salted = (text) => sm3(sm3(utf8(text + "dhzx")));

function agentDigest(userAgent, { env, detect }) {
  const key = [env >> 8, env & 255, detect & 255];
  return sm3(utf8(base64(arc4(key, utf8(userAgent.trim())), S3)));
}

// Three bytes of a digest; the third is the first from its place on that is not reserved.
function places(digest, first, second, third, reserved) {
  const clean = digest.slice(third).find((byte) => byte !== reserved) ?? reserved + 1;
  return { 0: digest[first], 1: digest[second], 3: clean };
}

function numberedSet({ query, body, userAgent, nowMs, made, page }, fingerprint, tail) {
  const v = Array(86).fill(0);
  const put = (at, bytes) => Object.entries(bytes).forEach(([i, byte]) => (v[at + Number(i)] = byte));
  put(24, [41, 0, Math.trunc((nowMs - EPOCH_MS) / FORTNIGHT_MS) & 255]);
  put(27, [MADE.find(([last]) => made <= last)[1], 3, ...littleEndian(nowMs, 6)]);
  put(35, littleEndian(page.env, 2));
  put(38, [...littleEndian(page.nr, 2), ...page.nrTag, ...littleEndian(page.detect, 4)]);
  put(48, places(salted(query), 9, 18, 3, 11));
  put(52, places(salted(body), 10, 19, 4, 8));
  put(56, places(agentDigest(userAgent, page), 11, 21, 5, 12));
  put(60, [...littleEndian(nowMs - 1, 6), 3]);
  put(67, [...littleEndian(page.pageId, 4), ...littleEndian(page.aid, 4)]);
  put(79, littleEndian(fingerprint.length, 2));
  put(84, littleEndian(tail.length, 2));
  return v;
}

const pair = (x, y, n, m) => [
  (n & 0xaa) | (x & 0x55), (n & 0x55) | (x & 0xaa), (m & 0xaa) | (y & 0x55), (m & 0x55) | (y & 0xaa),
];

const widenGroup = ([x, y, z], n) => [
  (n & 0x91) | (x & 0x6e), (n & 0x42) | (y & 0xbd), (n & 0x2c) | (z & 0xd3),
  (x & 0x91) | (y & 0x42) | (z & 0x2c),
];

function widen(bytes, noise) {
  const groups = Math.floor(bytes.length / 3);
  const wide = Array.from({ length: groups }, (_, i) => widenGroup(bytes.slice(3 * i, 3 * i + 3), noise[i]));
  const rest = bytes.slice(3 * groups);
  return [...wide.flat(), ...(rest[1] === 0 ? rest.slice(0, 1) : rest)];
}

// UTF-16 units: one byte below U+0100, else two.
function encodeFingerprint(text) {
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return units.flatMap((unit) => (unit > 255 ? [unit >> 8, unit & 255] : [unit]));
}

// Edge also says Chrome, and Chrome also says Safari.
function firstNoise(userAgent) {
  const marks = [["Edg", 125], ["Firefox", 40], ["Chrome", 0], ["Safari", 81], ["", 210]];
  return marks.find(([name]) => userAgent.includes(name))[1];
}

function drawNoise(userAgent, groups) {
  const below = (limit) => Math.floor(Math.random() * limit);
  const r = below(240);
  return [
    below(256), firstNoise(userAgent) + below(40), below(256), below(256),
    r > 109 ? r + 1 + (r % 2) : r, (below(255) & 0x4d) | 0xb2,
    ...Array.from({ length: groups }, () => below(1000) & 255),
  ];
}

// `noise` is drawn unless given: n0..n5, then a byte for each three that are widened.
function aBogus(facts) {
  const asked = { body: "", made: 0, page: DEFAULT_PAGE, nowMs: Date.now(), ...facts };
  const fingerprint = encodeFingerprint(asked.fingerprint);
  const tail = utf8(`${(asked.nowMs + 3) % 256},`);
  const v = numberedSet(asked, fingerprint, tail);
  const text = [...ORDER.map((at) => v[at]), ...fingerprint, ...tail];
  const noise = asked.noise ?? drawNoise(asked.userAgent, Math.floor((text.length + 1) / 3));
  const [n0, n1, n2, n3, n4, n5] = noise;
  const lead = [...pair(1, 0, n2, n3), ...pair(1, 0, n4, n5)];
  text.push(xorOf([...lead, ...text.slice(0, ORDER.length)]));
  const cipher = arc4([0xd3], [...lead, ...widen(text, noise.slice(6))]);
  return base64([...pair(3, 82, n0, n1), ...cipher], S4);
}
