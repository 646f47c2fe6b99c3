"""Keeps out who was forgotten, and puts persons under pseudonyms if that is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DropItem

from douyin_crawler.extensions.run import RunExtension
from douyin_crawler.items.observation import Observation
from douyin_crawler.items.post import Post
from douyin_crawler.privacy.person import Person
from douyin_crawler.privacy.pseudonymizer import Pseudonymizer

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

_MOST_CLEAR = 100_000


class PrivacyPipeline:
    """Comes first: what it takes out reaches neither feeds nor the store.

    Stats: ``douyin/dropped/forgotten``; ``douyin/pseudonymized`` records and pages.
    """

    def __init__(self, run: RunExtension, crawler: Crawler) -> None:
        self._run = run
        self._crawler = crawler
        self._pseudonymizer = (
            Pseudonymizer(run.config.pseudonym_salt)
            if run.config.pseudonymize
            else None
        )
        self._clear: dict[str, None] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the pipeline."""
        return cls(RunExtension.find(crawler), crawler)

    def process_item(self, item: Any) -> Any:
        """Return *item*, or what may be stored of it.

        Raises:
            DropItem: it is of a person who was forgotten, or nothing is left of it.
        """
        known = self._run.store.forgotten
        if not isinstance(item, Observation) or not (known or self._pseudonymizer):
            return item
        kept: Any = known.kept(item)
        if kept is None:
            self._run.count("dropped/forgotten")
            raise DropItem("forgotten", log_level="DEBUG")
        if self._pseudonymizer is None:
            return kept
        return self._pseudonymized(self._pseudonymizer, kept)

    def _pseudonymized(self, by: Pseudonymizer, seen: Observation) -> Observation:
        left = by.rewritten(seen, self._clear_in(seen))
        if left is None:
            self._run.count("dropped/unreadable")
            raise DropItem("unreadable", log_level="DEBUG")
        if left is not seen:
            self._run.count("pseudonymized")
        return left

    def _clear_in(self, seen: Observation) -> Person:
        """Return who stays as they are in *seen*: whom the run was asked for."""
        if isinstance(seen.item, Post):
            author = seen.item.author
            if {seen.id, seen.item.sec_uid} & self._asked():
                self._note(seen.item.sec_uid)
                return _person(author, seen.item.author_user_id)
        elif seen.kind == "user" and seen.within in (None, "post"):
            own = seen.source != "embedded" or seen.within == "post"
            if own and (seen.id in self._clear or seen.id in self._asked()):
                return _person(seen.item, None)
        elif seen.kind == "page":
            return Person(sec_uids=self._asked() & {*seen.id.split(":")})
        return Person()

    def _asked(self) -> set[str]:
        """Return the users and posts that open walks are over."""
        spider: Any = self._crawler.spider
        return {walk.id for walk in spider.open_walks()}

    def _note(self, sec_uid: str | None) -> None:
        if sec_uid is not None:
            self._clear[sec_uid] = None
        if len(self._clear) > _MOST_CLEAR:
            self._clear.pop(next(iter(self._clear)))


def _person(user: Any, uid: str | None) -> Person:
    """Return the ids of a typed user or author."""
    if user is None:
        return Person(uids={uid} if uid else set())
    uids = {uid, user.uid, user.short_id} - {None}
    return Person(
        sec_uids={user.sec_uid} - {None},
        uids={text for text in uids if text},
        handles={user.unique_id} - {None},
        names={user.nickname} - {None},
    )
