"""What to do where a signed request was refused: it depends on who signed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from douyin_crawler.api import errors

if TYPE_CHECKING:
    from douyin_crawler.api.errors import ApiError

IN_THE_PAGE = "let the site's own page make the requests: -s DOUYIN_SIGNER=auto"
_TOO = "the site's own page is refused, too"
_LOOK = "see in scrapy login what it shows, or pause for some hours"
_RARER = "with a login (scrapy login) it is rarer"


def advice_for(error: ApiError, *, in_browser: bool, logged_in: bool) -> str:
    """Return what the user can do, of a refusal that another signature may mend.

    Args:
        in_browser: whether the site's own page has made the request already.
        logged_in: whether the session has a login, which makes some refusals rarer.
    """
    refused = error.action is errors.Action.REFUSED
    if not in_browser:
        told = f"{IN_THE_PAGE}; {'or ' if refused else ''}{error.advice}"
    elif refused:
        told = f"{_TOO}: {error.advice}"
    else:
        return f"{_TOO}: {_LOOK}"
    empty = isinstance(error, errors.EmptyBody)
    return f"{told}; {_RARER}" if empty and not logged_in else told
