// Every fetch and XMLHttpRequest of the page passes here; those of the API are signed.

const nativeFetch = window.fetch;
const { open, send, setRequestHeader } = XMLHttpRequest.prototype;

// The address with its signature, and the headers; null where it is none of the API's.
function dressed(method, address, body) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin || !url.pathname.startsWith(API)) return null;
  const { query, headers } = signed(method.toUpperCase(), url.pathname, url.search.slice(1), body);
  return { url: `${url.origin}${url.pathname}?${query}`, headers };
}

// Orders come from tests, through the server.
const ORDERS = {
  hang: () => {
    for (;;);
  },
  navigate: () => location.assign("/away"),
};

// Whether the page was ordered away, so that its caller never hears of the answer.
function learn(header) {
  webid = header("cookie_ttwidinfo_webid") || webid;
  const order = ORDERS[header("x-page-order")];
  order?.();
  return Boolean(order);
}

window.fetch = async function fetch(input, init) {
  const request = new Request(input, init);
  const bodiless = request.method === "GET" || request.method === "HEAD";
  const body = bodiless ? "" : await request.clone().text();
  const ready = dressed(request.method, request.url, body);
  if (!ready) return nativeFetch.call(window, input, init);
  const headers = new Headers(request.headers);
  Object.entries(ready.headers).forEach(([name, value]) => headers.set(name, value));
  const { method, credentials, mode, redirect, referrer, cache, signal } = request;
  const options = { method, credentials, mode, redirect, referrer, cache, signal, headers };
  const answer = await nativeFetch.call(window, ready.url, bodiless ? options : { ...options, body });
  const lost = learn((name) => answer.headers.get(name));
  return lost ? new Promise(() => {}) : answer;
};

const calls = new WeakMap(); // what an XMLHttpRequest was opened with

function listen(event) {
  const call = calls.get(this);
  if (call.signed && this.readyState === 2) call.lost ||= learn((name) => this.getResponseHeader(name));
  if (call.lost) event.stopImmediatePropagation();
}

XMLHttpRequest.prototype.open = function (method, address, ...rest) {
  if (!calls.has(this)) {
    ["readystatechange", "load", "loadend"].forEach((name) => this.addEventListener(name, listen));
  }
  calls.set(this, { method, address, rest, headers: [] });
  return open.call(this, method, address, ...rest);
};

XMLHttpRequest.prototype.setRequestHeader = function (name, value) {
  calls.get(this)?.headers.push([name, value]);
  return setRequestHeader.call(this, name, value);
};

// The query is known at open, the body only now: it is opened again with the signature.
XMLHttpRequest.prototype.send = function (body = null) {
  const call = calls.get(this);
  const ready = call && dressed(call.method, call.address, String(body ?? ""));
  if (!ready) return send.call(this, body);
  open.call(this, call.method, ready.url, ...call.rest);
  [...call.headers, ...Object.entries(ready.headers)].forEach((pair) => setRequestHeader.call(this, ...pair));
  call.signed = true;
  return send.call(this, body);
};
