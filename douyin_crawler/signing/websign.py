"""x-secsdk-web-signature, the third signature, over the whole query on the wire.

Source: ``signing.md`` of the API notes.
"""

from __future__ import annotations

from hashlib import md5

_SALT = "A96D855A08C0A9707F8BEF0D9A527E4E"


def web_signature(query: str, uifid: str, timestamp: int) -> str:
    """Return the query to send: *query*, what it still needs, and its signature.

    *query* is percent-encoded and complete, ``a_bogus`` included; *uifid* is the
    session's, *timestamp* in unix seconds.
    """
    parameters = f"&{query}&"
    if "&uifid=" not in parameters and "&uifid&" not in parameters:
        query += f"&uifid={uifid}"
    query += f"&timestamp={timestamp}"
    text = f"{uifid}_{timestamp}_{_SALT}_{query}"
    return f"{query}&x-secsdk-web-signature={md5(text.encode()).hexdigest()}"
