// What the page's script can read of its browser, window and screen.
() => ({
  user_agent: navigator.userAgent,
  language: navigator.language,
  platform: navigator.platform,
  inner_width: window.innerWidth,
  inner_height: window.innerHeight,
  outer_width: window.outerWidth,
  outer_height: window.outerHeight,
  avail_width: screen.availWidth,
  avail_height: screen.availHeight,
  screen_width: screen.width,
  screen_height: screen.height,
  cpu_cores: navigator.hardwareConcurrency || 8,
  memory: navigator.deviceMemory || 8,
  brands: ((navigator.userAgentData || {}).brands || [])
    .map(({ brand, version }) => `"${brand}";v="${version}"`)
    .join(", "),
})
