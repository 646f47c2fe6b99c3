from __future__ import annotations

import pytest

from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreUrlError
from douyin_crawler.stores.mongo import MongoStore

UNREADABLE = "no address of MongoDB that can be read"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mongodb://localhost/douyin", "mongodb://localhost/douyin"),
        (" MongoDB://localhost:27018/抖音 ", "mongodb://localhost:27018/抖音"),
        ("mongodb://u:hunter2@h/d?w=1&tls=true", "mongodb://u@h/d"),
        ("mongodb://u%40x:hunter2%2F%3F@h/d", "mongodb://u%40x@h/d"),
        ("mongodb://u:hunter2@a,b:1,[::1]:2/d", "mongodb://u@a,b:1,[::1]:2/d"),
        ("mongodb://%2Ftmp%2Fm.sock/d", "mongodb://%2Ftmp%2Fm.sock/d"),
        ("mongodb+srv://u:hunter2@a.b.c/d", "mongodb+srv://u@a.b.c/d"),
        ("mongodb+srv://a.b.c/d?srvMaxHosts=2", "mongodb+srv://a.b.c/d"),
    ],
)
def test_addresses(url: str, shown: str) -> None:
    store = open_store(url)
    assert isinstance(store, MongoStore)
    assert str(store) == shown
    assert "hunter2" not in repr(vars(store))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mongodb://", UNREADABLE),
        ("mongodb:///d", UNREADABLE),
        ("mongodb://localhost", "names no database"),
        ("mongodb://localhost/", "names no database"),
        ("mongodb://localhost?w=1", "names no database"),
        ("mongodb://user:hunter2@localhost:27017", "names no database"),
        ("mongodb://localhost:port/d", UNREADABLE),
        ("mongodb://localhost:99999/d", UNREADABLE),
        ("mongodb://user:hun@ter2@localhost/d", UNREADABLE),
        ("mongodb://user:hun/ter2@localhost/d", UNREADABLE),
        ("mongodb://user:12/hunter2@localhost/d", UNREADABLE),
        ("mongodb://user:12/hunter2@localhost", UNREADABLE),
        ("mongodb://user:12/d?hunter2=1@localhost/d", UNREADABLE),
        ("mongodb://user:hun?ter2@localhost/d", UNREADABLE),
        ("mongodb://user:hun%ter2@localhost/d", UNREADABLE),
        ("mongodb://user:hunter2@/d", UNREADABLE),
        ("mongodb://localhost/a.b", "forbidden character"),
        ("mongodb://localhost/a%20b", "forbidden character"),
        (f"mongodb://localhost/{'d' * 64}", "a long name"),
        ("mongodb://localhost/admin", "the server's own"),
        ("mongodb://localhost/d?retrywirtes=true", "'retrywirtes' is unknown"),
        ("mongodb://localhost/d?w", "'w' is unknown"),
        ("mongodb://localhost/d?serverSelectionTimeoutMS=soon", "timeoutms' is unk"),
        ("mongodb://localhost/d?ssl=true&tls=false", "contradict one another"),
        ("mongodb://a,b/d?directConnection=true", "contradict one another"),
        ("mongodb+srv://a.b.c:27017/d", "one host name, without a port"),
        ("mongodb+srv://a.b.c,d.e.f/d", "one host name, without a port"),
    ],
)
def test_addresses_that_name_no_database(url: str, said: str) -> None:
    with pytest.raises(StoreUrlError) as caught:
        open_store(url)
    message = str(caught.value)
    assert said in message
    assert "\n" not in message
    assert not any(part in message for part in ("hunter2", "ter2", "hun"))
