// x-secsdk-web-signature, the third signature, over the whole query on the wire.

const WEB_SALT = "A96D855A08C0A9707F8BEF0D9A527E4E";

function webSigned(query, uifid, seconds) {
  const named = new RegExp("(^|&)uifid(=|&|$)").test(query);
  const covered = `${query}${named ? "" : `&uifid=${uifid}`}&timestamp=${seconds}`;
  const signature = hex(md5(utf8(`${uifid}_${seconds}_${WEB_SALT}_${covered}`)));
  return { query: `${covered}&x-secsdk-web-signature=${signature}`, signature, expire: seconds };
}
