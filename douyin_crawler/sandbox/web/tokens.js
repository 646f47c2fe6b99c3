// Cookies that the site's script sets, or reads back from what the server set.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const DAY = 86400;

const drawn = (alphabet, length) =>
  Array.from(crypto.getRandomValues(new Uint8Array(length)), (n) => alphabet[n % alphabet.length]).join("");

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? found.slice(name.length + 1) : "";
}

function setCookie(name, value, days) {
  document.cookie = `${name}=${value}; Path=/; Max-Age=${days * DAY}`;
}

function verifyFp() {
  const places = drawn(LETTERS.slice(0, 62), 36).split("");
  Object.entries({ 8: "_", 13: "_", 14: "4", 18: "_", 23: "_" }).forEach(([at, letter]) => (places[at] = letter));
  return `verify_${Date.now().toString(36)}_${places.join("")}`;
}

// The server issues the UIFID of a page; everything else is made up here.
function setTokens(uifid) {
  const makers = {
    msToken: () => [`${drawn(LETTERS, 182)}==`, 10],
    s_v_web_id: () => [verifyFp(), 60],
    UIFID: () => [uifid, 500],
  };
  for (const [name, make] of Object.entries(makers)) {
    if (!cookie(name)) setCookie(name, ...make());
  }
}
