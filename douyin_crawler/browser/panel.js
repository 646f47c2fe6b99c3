// What stands on top in a page, in words: the panel at a place (a code's, else the
// middle), as far as it leaves some of the page free, and what is announced.
([x, y]) => {
  const room = window.innerWidth * window.innerHeight * 0.6;
  let panel = null;
  for (
    let one = document.elementFromPoint(x, y) || document.body;
    one && one !== document.body && one !== document.documentElement;
    one = one.parentElement
  ) {
    const { width, height } = one.getBoundingClientRect();
    if (width * height > room) break;
    panel = one;
  }
  const told = document.querySelectorAll("[role=alert], [aria-live], [class*=toast i]");
  return [panel, ...told].map((one) => (one && one.innerText) || "").join("\n");
};
