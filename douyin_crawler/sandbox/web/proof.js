// What only this page can say: a digest with its nonce over one request, each count once.

let proofs = 0;

function proof(method, path, query, body) {
  const count = ++proofs;
  const inner = [PAGE.nonce, count, method, path, query, navigator.userAgent, body].join("\n");
  const digest = sm3([...utf8(PAGE.nonce), ...sm3(utf8(inner))]);
  return `${PAGE.id}.${count}.${hex(digest)}`;
}
