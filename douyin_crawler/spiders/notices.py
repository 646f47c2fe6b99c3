"""What the account that is logged in was told: who liked, followed, commented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec

from douyin_crawler.api.notice_targets import NoticeTarget, parse_group, parse_notice
from douyin_crawler.api.targets import TargetError, read_targets
from douyin_crawler.items.notice import Notice
from douyin_crawler.spiders.arguments import ArgumentError, Arguments
from douyin_crawler.spiders.notice_groups import NoticeGroups, id_list
from douyin_crawler.spiders.walk import Walk
from douyin_crawler.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scrapy import Request


class NoticesArguments(Arguments, frozen=True, kw_only=True):
    """``scrapy crawl notices -a notice=ID:TYPE`` or ``-a group=all [-a limit=]``."""

    notice: str = ""
    """``ID:TYPE``, comma-separated, or @file."""
    group: str = ""
    """all, follow, mention, comment, like, or the API's number of another one."""
    limit: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """Notices to keep of the group."""


class NoticesSpider(NoticeGroups):
    """Reads notices in detail: those that are named, or all of a group.

    None is marked as read by that.
    """

    name = "notices"
    arguments_class = NoticesArguments
    item_class = Notice
    walk_kind = "notice"
    endpoints: ClassVar[dict[str, str]] = {
        "notice": "notice_detail",
        "notice_group": "notice",
    }
    batch = 20

    arguments: NoticesArguments

    def __init__(self, name: str | None = None, **arguments: Any) -> None:
        super().__init__(name, **arguments)
        self._types: dict[str, int] = {}
        self._left: Iterator[Walk] | None = None

    @classmethod
    def read_arguments(cls, given: dict[str, Any]) -> Arguments:
        """Check which notices are asked for."""
        arguments = super().read_arguments(given)
        assert isinstance(arguments, NoticesArguments)
        if bool(arguments.notice) == bool(arguments.group):
            raise ArgumentError(
                "give -a notice=ID:TYPE,... or -a group=all, one of both"
            )
        if arguments.notice and arguments.limit:
            raise ArgumentError("-a limit=... is for a group; name fewer notices")
        try:
            if arguments.group:
                parse_group(arguments.group)
            else:
                read_targets(arguments.notice, parse_notice)
        except TargetError as error:
            name = "group" if arguments.group else "notice"
            raise ArgumentError(f"-a {name}: {error}") from None
        return arguments

    @classmethod
    def named_targets(cls, arguments: Arguments) -> Iterator[tuple[str, str]]:
        """Yield the notices, or the group."""
        assert isinstance(arguments, NoticesArguments)
        if arguments.group:
            yield "", f"group {arguments.group}"
            return
        for target in read_targets(arguments.notice, parse_notice):
            yield "", target.nid

    def new_walk(self, target: str) -> Walk:
        """Return the walk over the notice *target*."""
        return Walk(kind=self.walk_kind, id=target)

    def group_walk(self) -> Walk:
        """Return the walk over the group; each account has its own."""
        number = parse_group(self.arguments.group)
        return Walk(
            kind="notice_group",
            id=f"{self.run.session.key}-{number}",
            limit=self.arguments.limit,
        )

    def first_requests(self) -> Iterator[Request]:
        """Yield a request for each batch, or the group's first."""
        if self.arguments.group:
            for walk in self.unreached():
                yield self.walk_request(walk)
            return
        batch: list[Walk] = []
        for walk in self.unreached():
            batch.append(walk)
            if len(batch) == self.batch:
                yield self.batch_request(batch)
                batch = []
        if batch:
            yield self.batch_request(batch)

    def unreached(self) -> Iterator[Walk]:
        """Yield the walks that have not begun; all who ask share them."""
        if self._left is None:
            self._left = (
                iter([self.group_walk()]) if self.arguments.group else self._named()
            )
        for walk in self._left:
            if self.begin(walk):
                yield walk

    def _named(self) -> Iterator[Walk]:
        for target in read_targets(self.arguments.notice, parse_notice):
            self._types[target.nid] = target.type
            yield self.new_walk(target.nid)

    def parameters(self, walk: Walk) -> dict[str, str]:
        """Name the group."""
        return {"notice_group": str(parse_group(self.arguments.group))}

    def batch_parameters(self, walks: Sequence[Walk]) -> dict[str, str]:
        """Name the notices, each with its type."""
        targets = [NoticeTarget(w.id, self._types.pop(w.id, 0)) for w in walks]
        return {"id_list": id_list(targets)}

    def left_out(self, walk: Walk, *, alone: bool) -> tuple[Verdict, str]:
        """Say that there is no such notice, as the service does by silence."""
        return Verdict.GONE, "the service left it out: the account has no such notice"
