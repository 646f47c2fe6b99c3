// X-Bogus, 28 characters; `seconds` is Unix time.

const XB = "Dkdpgh4ZKsQB80/Mfvw36XI1R25-WUAlEi7NLboqYTOPuzmFjJnryx9HVGcaStCe";

const md5Tail = (bytes) => md5(bytes).slice(14);

function xBogus({ query, body = "", userAgent, seconds }) {
  const agent = base64(rc4([0, 1, 12], utf8(userAgent.trim())));
  const plain = [
    ...[0x40, 0, 1, 12],
    ...md5Tail(md5(utf8(query))),
    ...md5Tail(md5(utf8(body))),
    ...md5Tail(utf8(agent)),
    ...bigEndian(seconds, 4),
    ...bigEndian(0x2000be90, 4),
  ];
  return base64([2, 255, ...rc4([255], [...plain, xorOf(plain)])], XB);
}
