// What the page does as it loads.

setTokens(PAGE.uifid);
document.addEventListener("DOMContentLoaded", () => {
  if (PAGE.nickname) showUser(PAGE.nickname);
  element("login-button").addEventListener("click", logIn);
  const asked = location.pathname === "/login" || new URLSearchParams(location.search).has("login");
  if (asked && !PAGE.nickname) logIn();
  document.documentElement.dataset.ready = "1";
});
