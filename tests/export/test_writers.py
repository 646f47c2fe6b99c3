"""Exported files, opened again with what people open them with."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from douyin_crawler.export import ExportError, open_writer, read_columns
from douyin_crawler.items.kinds import KINDS, to_fields
from douyin_crawler.items.parts import Author
from douyin_crawler.items.post import Post
from douyin_crawler.stores.merge import Record

if TYPE_CHECKING:
    from pathlib import Path

MOMENT = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
TEXT = '多行\n文字, "引号" 😂\r\n末行'
ID = "7331282357997579691"


def record(**fields: Any) -> Record:
    post = Post(aweme_id=ID, **fields)
    return Record(
        kind="post",
        id=ID,
        fields={k: v for k, v in to_fields(post).items() if v is not None},
        stamp=(3, 0),
        exceptions={},
        first_seen=MOMENT,
        last_seen=MOMENT,
        source="list",
        revision=1,
    )


def export(
    format: str, folder: Path, *records: Record, columns: tuple[str, ...] = ()
) -> Path:
    path = folder / f"posts.{format}"
    writer = open_writer(format, KINDS["post"], path, columns)
    for one in records:
        writer.write(one)
    writer.close()
    return path


FULL = {
    "desc": TEXT,
    "digg_count": 2**53 + 1,
    "is_top": True,
    "create_time": MOMENT,
    "author": Author(nickname="小南", sec_uid="MS4wLjABAAAA"),
}


def test_csv_keeps_ids_texts_and_line_breaks(tmp_path: Path) -> None:
    path = export("csv", tmp_path, record(**FULL))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "a spreadsheet needs the mark"
    with path.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["aweme_id"] == f"\t{ID}"
    assert row["desc"] == TEXT
    assert row["digg_count"] == str(2**53 + 1)
    assert row["create_time"] == "2026-01-05T12:00:00Z"
    assert json.loads(row["author"])["nickname"] == "小南"
    assert row["author_nickname"] == "小南"
    assert row["comment_count"] == ""


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1+1"]
)
def test_csv_runs_no_formula(tmp_path: Path, text: str) -> None:
    path = export("csv", tmp_path, record(desc=text))
    with path.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["desc"] == f"'{text}"


def test_json_lines_keep_everything(tmp_path: Path) -> None:
    (line,) = export("jsonl", tmp_path, record(**FULL)).read_text("utf-8").splitlines()
    row = json.loads(line)
    assert row["aweme_id"] == ID
    assert row["desc"] == TEXT
    assert row["digg_count"] == 2**53 + 1
    assert row["author"]["nickname"] == "小南"
    assert row["comment_count"] is None
    assert row["first_seen"] == "2026-01-05T12:00:00Z"


def test_parquet_is_typed(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    path = export("parquet", tmp_path, *[record(**FULL)] * 2_500)
    table = pq.read_table(path)
    assert table.num_rows == 2_500
    assert table.schema.field("digg_count").type == pa.int64()
    assert table.schema.field("is_top").type == pa.bool_()
    assert table.schema.field("create_time").type == pa.timestamp("us", tz="UTC")
    assert pa.types.is_struct(table.schema.field("author").type)
    row = table.slice(0, 1).to_pylist()[0]
    assert (row["aweme_id"], row["desc"], row["digg_count"]) == (ID, TEXT, 2**53 + 1)
    assert row["author"]["nickname"] == "小南"
    assert row["create_time"] == MOMENT


def test_parquet_holds_back_few_rows_and_few_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    from douyin_crawler.export import parquet

    path = export("parquet", tmp_path, *[record(**FULL)] * 45_000)
    assert pq.ParquetFile(path).num_row_groups == 3
    monkeypatch.setattr(parquet, "_GROUP_BYTES", 1)
    path = export("parquet", tmp_path, *[record(**FULL)] * 2_500)
    assert pq.ParquetFile(path).num_row_groups == 3
    assert pq.read_table(path).num_rows == 2_500


def test_parquet_leaves_out_what_a_column_can_not_hold(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    odd = record(desc="a")
    odd.fields |= {
        "digg_count": 2**64,
        "is_top": "perhaps",
        "video": {"duration": 2**70, "cdn_url_expired": "2026-01-05T12:00:00Z"},
        "author": "甲",
        "images": [{"height": 2**63, "uri": "u"}, 5],
        "cha_list": {},
        "region": "\ud83d",
    }
    path = export("parquet", tmp_path, record(**FULL), odd)
    full, row = pq.read_table(path).to_pylist()
    assert full["author"]["nickname"] == "小南"
    assert (row["desc"], row["digg_count"], row["is_top"]) == ("a", None, None)
    assert row["video"]["duration"] is None
    assert row["video"]["cdn_url_expired"] == MOMENT
    assert (row["author"], row["cha_list"], row["region"]) == (None, None, "\ufffd")
    assert [image and image["height"] for image in row["images"]] == [None, None]


def test_pandas_reads_what_the_readme_says(tmp_path: Path) -> None:
    pd = pytest.importorskip("pandas")
    rows = [record(**FULL), record(desc="=1+1")]
    frame = pd.read_csv(export("csv", tmp_path, *rows), dtype={"aweme_id": "string"})
    assert frame["aweme_id"].str.strip().tolist() == [ID, ID]
    assert frame["desc"][0] == TEXT
    lines = pd.read_json(
        export("jsonl", tmp_path, *rows), lines=True, dtype={"aweme_id": str}
    )
    assert lines["aweme_id"].tolist() == [ID, ID]
    pytest.importorskip("pyarrow")
    table = pd.read_parquet(export("parquet", tmp_path, *rows))
    assert table["aweme_id"].tolist() == [ID, ID]
    assert str(table["create_time"].dtype).startswith("datetime64")


@pytest.mark.parametrize("text", ["00123", "12345678901234567890"])
def test_csv_keeps_digits_of_any_text(tmp_path: Path, text: str) -> None:
    path = export("csv", tmp_path, record(desc=text))
    with path.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["desc"] == f"\t{text}"


def test_columns_are_those_asked_for_in_their_order(tmp_path: Path) -> None:
    names = ("desc", "author_nickname", "last_seen", "aweme_id")
    path = export("csv", tmp_path, record(**FULL), record(desc="a"), columns=names)
    with path.open(encoding="utf-8-sig", newline="") as file:
        heading, first, second = csv.reader(file)
    assert tuple(heading) == names
    assert first[1:3] == ["小南", "2026-01-05T12:00:00Z"]
    assert second[1] == ""
    path = export("jsonl", tmp_path, record(**FULL), columns=names)
    assert tuple(json.loads(path.read_text("utf-8"))) == names
    pq = pytest.importorskip("pyarrow.parquet")
    path = export("parquet", tmp_path, record(**FULL), columns=names)
    (row,) = pq.read_table(path).to_pylist()
    assert tuple(row) == names
    assert (row["author_nickname"], row["last_seen"]) == ("小南", MOMENT)


def test_columns_are_read_with_a_hint() -> None:
    assert read_columns(KINDS["comment"], " cid,user_nickname, cid") == [
        "cid",
        "user_nickname",
    ]
    with pytest.raises(ExportError, match="did you mean digg_count"):
        read_columns(KINDS["post"], "dig_count")
    with pytest.raises(ExportError, match=r"posts have no 'q'; aweme_id, .*source$"):
        read_columns(KINDS["post"], "q")
