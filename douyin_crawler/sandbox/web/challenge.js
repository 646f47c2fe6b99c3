// The challenge before a first page: what a browser can compute, then the page itself.

window._$jsvmprt = () => {};
window.byted_acrawler = { sign: (nonce) => `_02B4Z6wo00f01${hex(md5(utf8(nonce + navigator.userAgent)))}` };

const nonce = cookie("__ac_nonce");
setCookie("__ac_signature", window.byted_acrawler.sign(nonce), 1);
if (nonce && cookie("__ac_signature")) location.reload();
