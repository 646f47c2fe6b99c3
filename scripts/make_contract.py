"""Make the project's own copy of the API contract: every field with its path.

    python scripts/make_contract.py CONTRACT.json CAPTURES_DIR [OUT_FILE]

The nesting is that of `nest_contract.py`, the meanings are those of `meanings.tsv`.
What is written holds field names, types and meanings, never a captured value.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import nest_contract  # noqa: E402

from douyin_crawler.sandbox.answered import shown  # noqa: E402

MEANINGS = Path(__file__).with_name("meanings.tsv")
OUT = ROOT / "douyin_crawler" / "api" / "contract.json"
ABOUT = {  # what the description says of an endpoint, beside its title
    "emoji_list": "抖音评论emoji表情",
    "im_user_info": "为表单数据,给多少个用户secid就返回多少的用户信息",
}


def meanings(file: Path = MEANINGS) -> dict[str, tuple[str, str]]:
    """English and Chinese by the end of a path: `title`, or `music.title`."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = {name: (en, zh) for name, en, zh in rows[1:]}
    if len(found) != len(rows) - 1:
        raise SystemExit(f"{file}: a name stands there twice")
    return found


def meaning(path: str, known: dict[str, tuple[str, str]]) -> tuple[str, str]:
    """What is said of the longest end of a path that anything is said of."""
    steps = path.replace("[]", "").split(".")
    ends = (".".join(steps[at:]) for at in range(len(steps)))
    return next((known[end] for end in ends if end in known), ("", ""))


def paths(
    entry: dict[str, Any], known: nest_contract.Knowledge
) -> list[tuple[str, str]]:
    """Path and type of each field of an endpoint, in the contract's order."""
    types: dict[tuple[str, ...], str] = {}
    for top in entry["response"]:
        types[(top["name"],)] = top["type"]
        inside = top.get("inside", [])
        placed = nest_contract.placements(inside, (top["name"],), known)
        types |= {p: field["type"] for field, p in zip(inside, placed, strict=True)}
    return [(_written(path, types), kind) for path, kind in types.items()]


def _written(path: tuple[str, ...], types: dict[tuple[str, ...], str]) -> str:
    """A path with `[]` behind each list of objects that it enters."""
    above = (path[: at + 1] for at in range(len(path) - 1))
    steps = [p[-1] + ("[]" if types[p].endswith("[]") else "") for p in above]
    return ".".join([*steps, path[-1]])


def tables(contract: list[dict[str, Any]], captures: Path) -> list[dict[str, Any]]:
    """Every endpoint of the contract, in its order."""
    names = {nest_contract.PREFIX + p: name for name, p in nest_contract.NAMES.items()}
    said = meanings()
    made = []
    for entry in contract:
        name = names[entry["path"]]
        fields = paths(entry, nest_contract.knowledge(name, captures))
        made.append(
            {
                "name": name,
                "title": entry["title"],
                "about": ABOUT.get(name, ""),
                "method": entry["method"],
                "path": entry["path"],
                "fields": [[path, kind, *meaning(path, said)] for path, kind in fields],
                "beyond": beyond(dict(fields), nest_contract.own(name, captures)),
            }
        )
    return made


def beyond(fields: dict[str, str], captured: nest_contract.Shape) -> list[list[str]]:
    """Path and type of what captured answers have and the contract lacks."""
    return [list(field) for field in sorted(shown(captured)) if field[0] not in fields]


def text(made: list[dict[str, Any]]) -> str:
    """JSON with a line a field."""
    return "[\n" + ",\n".join(_table(table) for table in made) + "\n]\n"


def _table(table: dict[str, Any]) -> str:
    lists = {name: value for name, value in table.items() if isinstance(value, list)}
    head = {name: value for name, value in table.items() if name not in lists}
    written = "".join(f', "{n}": {_lines(fields)}' for n, fields in lists.items())
    return json.dumps(head, ensure_ascii=False)[:-1] + written + "}"


def _lines(fields: list[list[str]]) -> str:
    lines = ",\n".join(json.dumps(field, ensure_ascii=False) for field in fields)
    return f"[\n{lines}\n]" if fields else "[]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("contract", type=Path)
    parser.add_argument("captures", type=Path)
    parser.add_argument("out", type=Path, nargs="?", default=OUT)
    options = parser.parse_args()
    contract = json.loads(options.contract.read_text("utf-8"))
    options.out.write_text(text(tables(contract, options.captures)), "utf-8")


if __name__ == "__main__":
    main()
