"""The kinds of failures, by name, with a line on each for `scrapy sandbox --help`."""

from __future__ import annotations

STANDS_IN = {  # in place of the real answer (behaviour notes, 4)
    "argus:uifid_not_found": "403 of the gateway: no uifid",
    "argus:signature_not_found": "403 of the gateway: no third signature",
    "argus:validate_error": "403 of the gateway: a uifid that nobody issued",
    "argus:sign_invalid": "403 of the gateway: a wrong third signature",
    "403": "403 of the edge; any other HTTP status by its number, too",
    "412": "412 of the edge",
    "429": "too many requests; 429:7 has a Retry-After of 7 (503:7 as well)",
    "444": "444 of the edge",
    "status": "the HTTP status given as `status`",
    "captcha_header": "an empty body and a header that demands a captcha",
    "identity_check": "the same for a second identity check",
    "throughput": "the same, named like a throughput limit",
    "empty": "an empty body with status 200",
    "blocked_text": "the text `blocked`",
    "challenge": "a page of 72 KB with a JavaScript challenge",
    "html": "the same, or the page given as `body`",
    "waf": "a page of 2.5 KB with a proof of work",
    "captcha_page": "a page of 6 KB with a slider",
    "code": "JSON with a status_code: code:8, code:2483, code:2154, ...",
    "verify_ticket": "JSON with the key verify_ticket",
    "verify_center": "JSON with the key verify_center_decision_conf",
    "no_payload": 'exactly {"status_code":0}',
    "detail_null": "no post, and no reason",
    "filter": "no post, and the reason: filter:status_deleted, ...",
    "json": "the JSON value given as `body`",
    "not_json": "a text that is no JSON, said to be JSON",
    "redirect": "302 to the site's first page",
    "redirect_loop": "302 to the same address",
}
BREAKS = {  # the real answer, sent badly
    "truncate": "half the body, then the connection closes",
    "cut": "half the body as if it were whole",
    "short_length": "a Content-Length of half the body, and the whole of it",
    "reset": "the connection is reset",
    "stall": "`seconds` of silence (3600), then the answer",
    "stall_body": "half the body, `seconds` of silence (5), then the rest",
    "gzip": "compressed data that breaks off in the middle",
    "gzip_garbage": "said to be compressed, and is not",
}
CHANGES = {  # the real answer, with other values in it
    "cursor_back": "the cursor of an earlier page",
    "cursor_still": "the cursor that was asked for",
    "false_end": "has_more says that nothing follows",
    "false_more": "has_more says that more follows",
    "duplicates": "entries of the page before stand in this one again",
    "strangers": "entries of another target stand in this page",
    "moved": "counters grow by `by` (1) more in each such answer",
    "shape": "a wrong shape: shape:list, text, entries, null, missing, cursor, root",
}
AROUND = {  # the real answer, beside other failures
    "latency": "`seconds` (0.5) before the answer",
    "date_back": "the Date header goes back by `seconds` (3600)",
}
SHAPES = ("list", "text", "entries", "null", "missing", "cursor", "root")
PAUSES = {"stall": 3600.0, "stall_body": 5.0, "latency": 0.5, "date_back": 3600.0}
KINDS = STANDS_IN | BREAKS | CHANGES | AROUND
_OPTIONS = """\
  path=ENDING     of the requests that it is for
  contains=TEXT   in their queries
  nth=N, after=N  from the N-th of them on, or behind the first N
  times=N         for so many (1; -1: all)
  every=N         `times` of every N
  percent=N       so many of a hundred
  status=N, by=N, seconds=N, body=TEXT  where the kind asks
"""


def base_of(kind: str) -> str:
    """The row of `KINDS` that a kind belongs to; "" where there is none."""
    if kind in KINDS and kind not in {"code", "filter", "shape"}:
        return kind
    name, colon, detail = kind.partition(":")
    if name.isdigit() and len(name) == 3 and "200" <= name <= "599":
        return "status" if detail.isdigit() or not colon else ""
    known = {
        "code": detail.removeprefix("-").isdigit(),
        "filter": bool(detail),
        "shape": detail in SHAPES,
    }
    return name if known.get(name) else ""


def described() -> str:
    """The kinds, a line each."""
    rows = [f"  {kind:<26}{text}" for kind, text in KINDS.items()]
    return "\n".join(
        [
            "Faults: --fault KIND or --fault KIND,NAME=VALUE,... with",
            _OPTIONS,
            "While it runs, POST /_sandbox/faults takes a JSON list of them.",
            "Kinds:",
            "",
            *rows,
        ]
    )
