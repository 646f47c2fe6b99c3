// Makes one request as the page itself makes it, so that the page's script signs it.
// Answers with status, headers and the exact bytes (base64), or with what went wrong.
async (call) => {
  if (performance.timeOrigin !== call.born) return { error: "moved" };

  // In pieces: one call with all the bytes would overrun the stack.
  const base64 = (bytes) => {
    if (bytes.toBase64) return bytes.toBase64();
    let text = "";
    for (let i = 0; i < bytes.length; i += 0x8000)
      text += String.fromCharCode.apply(null, bytes.subarray(i, i + 0x8000));
    return btoa(text);
  };

  const answer = (status, headers, bytes) =>
    call.largest && bytes.length > call.largest
      ? { error: "large" }
      : { status, headers, body: base64(bytes) };

  const read = async (response, stop) => {
    if (!response.body) return new Uint8Array(await response.arrayBuffer());
    const pieces = [];
    let size = 0;
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      size += value.length;
      if (call.largest && size > call.largest) {
        stop();
        break;
      }
    }
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  };

  const byFetch = async (stopped) => {
    const control = new AbortController();
    stopped.now = () => control.abort();
    const response = await window.fetch(call.url, {
      method: call.method,
      headers: call.headers,
      body: call.body === null ? undefined : call.body,
      credentials: "include",
      signal: control.signal,
    });
    const bytes = await read(response, stopped.now);
    return answer(response.status, [...response.headers], bytes);
  };

  const byXhr = (stopped) =>
    new Promise((resolve, reject) => {
      const xhr = new window.XMLHttpRequest();
      stopped.now = () => xhr.abort();
      xhr.open(call.method, call.url, true);
      xhr.responseType = "arraybuffer";
      xhr.withCredentials = true;
      for (const [name, value] of Object.entries(call.headers))
        xhr.setRequestHeader(name, value);
      xhr.onprogress = (event) => {
        if (!call.largest || event.loaded <= call.largest) return;
        resolve({ error: "large" });
        xhr.abort();
      };
      xhr.onerror = () => reject(new TypeError("failed"));
      xhr.onabort = () => reject(new TypeError("aborted"));
      xhr.onload = () => {
        const headers = xhr
          .getAllResponseHeaders()
          .split("\r\n")
          .filter(Boolean)
          .map((line) => [line.split(":", 1)[0], line.slice(line.indexOf(":") + 1).trim()]);
        resolve(answer(xhr.status, headers, new Uint8Array(xhr.response || 0)));
      };
      xhr.send(call.body);
    });

  const stopped = { now: () => {} };
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => {
      resolve({ error: "timeout" });
      stopped.now();
    }, call.timeout * 1000);
  });
  const made = (call.by === "xhr" ? byXhr : byFetch)(stopped).catch(() => ({
    error: "failed",
  }));
  try {
    return await Promise.race([made, late]);
  } finally {
    clearTimeout(timer);
  }
};
