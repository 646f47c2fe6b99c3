from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any

import pytest
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ExecutionTimeout,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WTimeoutError,
)

from douyin_crawler.stores import open_store
from douyin_crawler.stores.base import StoreUnavailable
from douyin_crawler.stores.mongo_errors import explain, is_transient
from tests.stores.samples import post
from tests.support.mongod import client, free_port, leaves_sockets

if TYPE_CHECKING:
    from tests.support.mongod import Mongod


async def refused(url: str, *, create: bool = True) -> str:
    """Return what is said of a database that can't be opened, within seconds."""
    store, start = open_store(url), time.monotonic()
    with pytest.raises(StoreUnavailable) as caught:
        await store.open(create=create)
    assert time.monotonic() - start < 6
    message = str(caught.value)
    assert message.startswith(f"{store}: ")
    assert "\n" not in message
    assert "hunter2" not in message
    assert "s3cret" not in message
    await store.close()
    return message


# -- nobody there -------------------------------------------------------------------


@leaves_sockets
async def test_nobody_listens() -> None:
    message = await refused(f"mongodb://u:hunter2@127.0.0.1:{free_port()}/d")
    assert "can't be reached: check that it runs" in message
    assert "Connect call failed" in message


@leaves_sockets
async def test_no_such_host() -> None:
    url = "mongodb://u:hunter2@no-such-host.invalid/d?serverSelectionTimeoutMS=500"
    start = time.monotonic()
    assert "can't be reached" in await refused(url)
    assert time.monotonic() - start < 3


@leaves_sockets
async def test_somebody_who_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"mongodb://u:hunter2@127.0.0.1:{silent.getsockname()[1]}/d"
        assert "can't be reached" in await refused(url)


@leaves_sockets
async def test_a_server_that_is_no_member(mongod: Mongod) -> None:
    message = await refused(mongod.url("d?replicaSet=rs0&serverSelectionTimeoutMS=500"))
    assert 'No replica set members available for replica set name "rs0"' in message


# -- logins --------------------------------------------------------------------------


async def test_logins(mongod_with_login: Mongod) -> None:
    server, right = mongod_with_login, "crawler:s3cret%2Fpass@"
    assert "put user:password@ into DOUYIN_STORE" in await refused(server.url("d"))
    wrong = await refused(server.url("d?authSource=admin", "crawler:hunter2@"))
    assert "it refuses the login: check user and password" in wrong
    elsewhere = await refused(server.url("d", right))
    assert "?authSource=admin where the user was made" in elsewhere
    store = open_store(server.url("d?authSource=admin", right))
    await store.open()
    assert await store.write([post()]) == ["new"]
    await store.close()


async def test_a_user_who_only_reads(mongod_with_login: Mongod) -> None:
    url = mongod_with_login.url("d?authSource=admin", "crawler:s3cret%2Fpass@")
    store = open_store(url)
    await store.open()
    await store.write([post()])
    await store.close()
    with client(url) as made:
        roles = [{"role": "read", "db": "d"}]
        made.admin.command("createUser", "reader", pwd="s3cret", roles=roles)
    reading = mongod_with_login.url("d?authSource=admin", "reader:s3cret@")
    assert "that may read and write this database" in await refused(reading)
    store = open_store(reading)
    await store.open(create=False)
    assert await store.count("post") == 1
    with pytest.raises(StoreUnavailable, match=r"read and write .*not authorized on d"):
        await store.write([post(seconds=1)])
    await store.close()


# -- what else the server says ---------------------------------------------------------


def failure(code: int) -> OperationFailure:
    return OperationFailure("m", code, {"errmsg": f"said\n{code}", "code": code})


def bulk(**details: Any) -> BulkWriteError:
    return BulkWriteError({"writeErrors": [], "writeConcernErrors": []} | details)


LOST_RACE = {"code": 11000, "errmsg": "E11000 duplicate key"}
LONG = (
    "h:1: [Errno 111] refused (configured timeouts: connectTimeoutMS: 5000.0ms), "
    "Timeout: 5.0s, Topology Description: <...>"
)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ServerSelectionTimeoutError(LONG), "can't be reached"),
        (AutoReconnect("h:1: connection closed"), "can't be reached"),
        (NetworkTimeout("h:1: timed out"), "did not answer in time"),
        (ExecutionTimeout("late", 50), "did not answer in time"),
        (WTimeoutError("late", 64, {"errmsg": "late"}), "did not answer in time"),
        (NotPrimaryError("not primary"), "replicaSet=NAME"),
        (failure(10107), "replicaSet=NAME"),
        (failure(18), "refuses the login"),
        (failure(13), "wants a login"),
        (failure(14031), "free some space"),
        (failure(8), "said 8"),
        (bulk(writeErrors=[LOST_RACE, {"code": 14031, "errmsg": "x"}]), "free some"),
        (bulk(writeConcernErrors=[{"code": 64, "errmsg": "x"}]), "in time"),
        (PyMongoError("odd"), "odd"),
    ],
)
def test_what_errors_mean(error: PyMongoError, said: str) -> None:
    message = explain(error)
    assert said in message
    assert "\n" not in message
    assert "Topology" not in message
    assert "configured" not in message


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (ServerSelectionTimeoutError(LONG), True),
        (AutoReconnect("h:1: connection closed"), True),
        (NetworkTimeout("h:1: timed out"), True),
        (NotPrimaryError("not primary"), True),
        (WTimeoutError("late", 64, {"errmsg": "late"}), True),
        (failure(11600), True),
        (bulk(writeErrors=[LOST_RACE, {"code": 11602, "errmsg": "x"}]), True),
        (bulk(writeConcernErrors=[{"code": 91, "errmsg": "x"}]), True),
        (bulk(writeErrors=[{"code": 14031, "errmsg": "x"}]), False),
        (failure(14031), False),
        (failure(18), False),
        (failure(13), False),
        (PyMongoError("odd"), False),
    ],
)
def test_what_is_worth_waiting_for(error: PyMongoError, passes: bool) -> None:
    assert is_transient(error) is passes
