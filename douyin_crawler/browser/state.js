// What a page is at the moment: how far it has loaded, and what its script has hooked.
() => {
  // A function that a script puts in place of one of Chromium's has another text, and
  // a Proxy or a bound function has lost the name.
  const hooked = (made, name) =>
    typeof made === "function" &&
    Function.prototype.toString.call(made) !== `function ${name}() { [native code] }`;
  const xhr = window.XMLHttpRequest;
  return {
    born: performance.timeOrigin,
    loaded: document.readyState !== "loading",
    title: document.title,
    fetch: hooked(window.fetch, "fetch"),
    xhr:
      hooked(xhr, "XMLHttpRequest") ||
      hooked(xhr.prototype.open, "open") ||
      hooked(xhr.prototype.send, "send"),
    text: document.documentElement ? document.documentElement.innerHTML.slice(0, 100000) : "",
  };
}
