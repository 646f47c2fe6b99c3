"""Tokens: taken over, sent back as received, never shown."""

from __future__ import annotations

from scrapy.http import Headers

from douyin_crawler.session.session import Session

LOGIN = {"ttwid": "1%7Cabcdefgh", "sessionid": "s3cr3t-s3cr3t", "UIFID": "u" * 32}


def test_a_visitor_needs_a_visit_until_it_has_a_ttwid() -> None:
    session = Session({})
    assert session.needs_visit
    assert not session.logged_in
    session.absorb(Headers({"Set-Cookie": ["ttwid=1%7Cxyz; Path=/; HttpOnly"]}))
    assert not session.needs_visit
    assert session.cookie_header == "ttwid=1%7Cxyz"
    assert session.key == "visitor"


def test_what_the_server_sets_is_used_from_then_on() -> None:
    session = Session(LOGIN)
    made_up = session.ms_token
    assert len(made_up) == 184
    assert session.webid is None
    session.absorb(
        Headers(
            {
                "Set-Cookie": ["msToken=first==; Path=/", "UIFID_TEMP=other; Path=/"],
                "cookie_ttwidinfo_webid": "7300000000000000001",
            }
        )
    )
    assert session.ms_token == "first=="
    assert session.webid == "7300000000000000001"
    assert session.uifid == LOGIN["UIFID"], (
        "a browser's own id comes before a visitor's"
    )
    session.absorb(Headers({"X-Ms-Token": "second=="}))
    assert session.ms_token == "second=="


def test_the_name_of_a_login_holds_no_secret_and_stays() -> None:
    session = Session(LOGIN)
    assert session.logged_in
    assert session.key == Session(dict(LOGIN)).key
    assert session.key != Session(LOGIN | {"sessionid": "another"}).key
    assert "s3cr3t" not in session.key + repr(session)


def test_values_are_struck_out_plain_and_escaped() -> None:
    session = Session(LOGIN | {"msToken": "abcdefghij=="})
    text = "GET /?msToken=abcdefghij%3D%3D&uifid=" + "u" * 32 + " s3cr3t-s3cr3t"
    assert session.redact(text) == "GET /?msToken=***&uifid=*** ***"


def test_a_malformed_set_cookie_is_no_error() -> None:
    session = Session({})
    session.absorb(Headers({"Set-Cookie": ["", "=;", "\x7f\x00", "a b=c"]}))
    assert session.needs_visit


def test_an_answer_to_the_session_before_is_not_used() -> None:
    session = Session({})
    headers = {"Set-Cookie": ["ttwid=1%7Cfirst-ttwid", "msToken=of-the-first=="]}
    session.absorb(Headers({**headers, "cookie_ttwidinfo_webid": "7300000000000001"}))
    session.take_over({"ttwid": "1%7Csecond-ttwid"})
    assert session.webid is None, "it belongs to the ttwid"
    late = Headers({"X-Ms-Token": "late-token==", "cookie_ttwidinfo_webid": "73" * 8})
    session.absorb(late, generation=0)
    assert session.cookies == {"ttwid": "1%7Csecond-ttwid"}
    assert session.webid is None
    text = "1|first-ttwid of-the-first== late-token== " + "73" * 8
    assert session.redact(text) == "*** *** *** ***"
    session.absorb(late, generation=1)
    assert session.webid == "73" * 8
