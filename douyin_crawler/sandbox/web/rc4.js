// RC4, and the variant of the site's script: a descending box, a multiplying schedule.

function underKeystream(box, bytes) {
  let [i, j] = [0, 0];
  return bytes.map((byte) => {
    i = (i + 1) % 256;
    j = (j + box[i]) % 256;
    [box[i], box[j]] = [box[j], box[i]];
    return byte ^ box[(box[i] + box[j]) % 256];
  });
}

function rc4(key, bytes) {
  const box = Array.from({ length: 256 }, (_, i) => i);
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + box[i] + key[i % key.length]) % 256;
    [box[i], box[j]] = [box[j], box[i]];
  }
  return underKeystream(box, bytes);
}

function arc4(key, bytes) {
  const box = Array.from({ length: 256 }, (_, i) => 255 - i);
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j * box[i] + j + key[i % key.length]) % 256;
    [box[i], box[j]] = [box[j], box[i]];
  }
  return underKeystream(box, bytes);
}
