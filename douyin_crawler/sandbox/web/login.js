// The login by QR code: shown, renewed when it has run out, asked about until it is confirmed.

const POLL_MS = 300;
const TIPS = { new: "扫码登录", scanned: "扫描成功，请在手机上确认" };
const element = (id) => document.getElementById(id);

async function passport(path) {
  const answer = await nativeFetch.call(window, `/passport/web/${path}`);
  return (await answer.json()).data;
}

async function showCode() {
  const code = await passport("get_qrcode/");
  element("animate_qrcode_container").querySelector("img").src = `data:image/png;base64,${code.qrcode}`;
  return code.token;
}

function showUser(nickname) {
  element("login-panel-new").hidden = true;
  element("login-button").hidden = true;
  element("user-nickname").textContent = nickname;
}

async function logIn() {
  if (!element("login-panel-new").hidden) return;
  element("login-panel-new").hidden = false;
  let token = await showCode();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const state = await passport(`check_qrconnect/?token=${token}`);
    if (state.status === "confirmed") {
      localStorage.setItem("HasUserLogin", "1");
      return showUser(state.nickname);
    }
    if (state.status === "expired") token = await showCode();
    element("login-tip").textContent = TIPS[state.status] ?? TIPS.new;
  }
}
