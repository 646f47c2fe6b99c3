// From the query that the page's code asks for to the one that goes out, and its headers.

const API = "/aweme/v1/web/";
const VERIFY_AFTER = ["aweme/post/", "user/profile/other/", "comment/list/reply/"];
const NO_UIFID = "comment/list/reply/";

let made = 0; // signatures of this page so far
let webid = ""; // told by the answers

const names = (query) => query.split("&").map((pair) => pair.split("=")[0]);

// The pairs that the query has not already, and that have a value.
function added(query, pairs) {
  const known = names(query);
  const missing = pairs.filter(([name, value]) => value && !known.includes(name));
  return [query, ...missing.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)]
    .filter(Boolean)
    .join("&");
}

const fingerprint = () =>
  [innerWidth, innerHeight, outerWidth, outerHeight, screen.availWidth, screen.availHeight]
    .concat([screen.width, screen.height, navigator.platform])
    .join("|");

function signature(query, body) {
  const userAgent = navigator.userAgent;
  if (PAGE.signature === "X-Bogus") {
    return xBogus({ query, body, userAgent, seconds: Math.floor(Date.now() / 1000) });
  }
  return aBogus({ query, body, userAgent, fingerprint: fingerprint(), made: made++ });
}

// Returns the final query and the headers for a path of the API.
function signed(method, path, asked, body) {
  const endpoint = path.slice(API.length);
  const uifid = cookie("UIFID") || cookie("UIFID_TEMP");
  const verify = [["verifyFp", cookie("s_v_web_id")], ["fp", cookie("s_v_web_id")]];
  const after = VERIFY_AFTER.includes(endpoint);
  let query = added(asked, [["webid", webid], ["uifid", endpoint === NO_UIFID ? "" : uifid]]);
  query = added(query, [...(after ? [] : verify), ["msToken", cookie("msToken")]]);
  query = added(query, [[PAGE.signature, signature(query, body)]]);
  if (after) query = added(query, verify);
  const headers = { uifid };
  if (PAGE.protected.includes(path)) {
    const web = webSigned(query, uifid, Math.floor(Date.now() / 1000));
    query = web.query;
    headers["x-secsdk-web-signature"] = web.signature;
    headers["x-secsdk-web-expire"] = String(web.expire);
  }
  headers["x-page-proof"] = proof(method, path, query, body);
  return { query, headers };
}
