"""What an operator copies: read, and its commands run as far as a test can."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from configparser import ConfigParser
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from packaging.requirements import Requirement

from douyin_crawler import settings
from douyin_crawler.sandbox.process import SandboxProcess
from douyin_crawler.sandbox.world import MANY
from douyin_crawler.scheduling.supervise import Supervisor
from tests.support.crawling import crawl_environment, rows, scrapy
from tests.support.scrapyd import LOGIN, PROJECT, Scrapyd, needs_scrapyd
from tests.support.shared import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DEPLOY = ROOT / "deploy"
PINNED = re.compile(r".+:\d+\.\d+\.\d+(-[\w.-]+)?")
CODE = {".py", ".pyc"}
POSTS = "/aweme/post/"
QUICK = ["DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=False"]
SECRET = re.compile("COOKIE|PASSWORD|USERNAME|SALT|PROXY|NOTIFY")


def instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], line.split(None, 1)[1].strip()) for line in lines]


def of(kind: str) -> list[str]:
    return [value for name, value in instructions() if name == kind]


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text("utf-8"))
    return found


def unit(name: str) -> ConfigParser:
    found = ConfigParser(interpolation=None)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read(DEPLOY / "systemd" / name, "utf-8")
    return found


def pins() -> dict[str, str]:
    lines = (DEPLOY / "constraints.txt").read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def context(folder: Path) -> Path:
    """Return what the image's builder would see: nothing but what is not ignored."""
    text = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8")
    kept = [line[1:] for line in text.splitlines() if line.startswith("!")]
    for name in kept:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", ".env")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


def test_the_image_is_pinned_and_nobody_in_particular() -> None:
    assert PINNED.fullmatch(of("FROM")[0])
    kinds = [name for name, _ in instructions()]
    assert kinds.index("USER") < kinds.index("CMD")
    assert of("USER") == ["10001"]
    assert of("HEALTHCHECK")
    assert not SECRET.search(" ".join(of("ENV") + of("ARG")))


def test_every_requirement_is_pinned() -> None:
    pinned = pins()
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            wanted = Requirement(line)
            name = re.sub("[-_.]+", "-", wanted.name).lower()
            assert pinned.get(name) in wanted.specifier, f"pin {line} in {DEPLOY}"
    assert pinned["scrapyd"].startswith("1.6.")


def test_compose_holds_no_secret() -> None:
    services = compose()["services"]
    assert set(services) == {"mongo", "scrapyd", "scheduler"}
    for service in services.values():
        assert PINNED.fullmatch(service["image"])
        for name, value in service["environment"].items():
            if SECRET.search(name) and value is not None:
                assert re.fullmatch(r"\$\{\w+:[?-][^}]*\}", value), name
    assert services["scrapyd"]["ports"] == ["127.0.0.1:6800:6800"]
    assert "mongo" not in str(services["mongo"].get("ports", ""))
    assert services["mongo"]["healthcheck"]
    assert services["scheduler"]["healthcheck"]
    assert "DOUYIN_COOKIE" not in services["scheduler"]["environment"]
    known = {name for name in dir(settings) if name.startswith("DOUYIN_")}
    for service in (services["scrapyd"], services["scheduler"]):
        given = {n for n in service["environment"] if n.startswith("DOUYIN_")}
        assert given <= known


def test_jobs_have_time_to_end() -> None:
    """Less than what waits for them: Docker and systemd kill what is left."""
    scrapyd, grace = compose()["services"]["scrapyd"], Supervisor([]).grace
    assert grace < int(scrapyd["stop_grace_period"].rstrip("s"))
    assert scrapyd["init"]
    service = unit("douyin-scrapyd.service")["Service"]
    assert f"--grace {grace:.0f} " in service["ExecStart"]
    assert grace < int(service["TimeoutStopSec"])
    assert service["KillMode"] == "mixed"


def test_the_image_can_do_what_the_settings_offer() -> None:
    installed = " ".join(of("RUN"))
    for package in ("apprise", "prometheus-client"):
        assert f" {package}" in installed
        assert package in pins()
    assert of("ARG") == ["WITH_CHROMIUM=0"]
    built = compose()["services"]["scrapyd"]["build"]["args"]
    assert built == {"WITH_CHROMIUM": "${WITH_CHROMIUM:-0}"}


def test_units() -> None:
    for name in ("douyin-scrapyd", "douyin-scheduler", "douyin-schedule"):
        service = unit(f"{name}.service")["Service"]
        assert service["User"] == "douyin"
        assert service["EnvironmentFile"].startswith("/etc/douyin/")
        assert "@" not in service["ExecStart"]
    assert unit("douyin-schedule.timer")["Timer"]["OnCalendar"] == "*:0/5"
    if tool := shutil.which("systemd-analyze"):
        subprocess.run([tool, "calendar", "*:0/5"], check=True, capture_output=True)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the Dockerfile's last installation fills."""
    needs_scrapyd()
    built = context(tmp_path_factory.mktemp("context"))
    for line in of("COPY"):
        *sources, _ = shlex.split(line)
        assert all((built / source).exists() for source in sources), line
    [command] = [line for line in of("RUN") if line.endswith(" .")]
    words = shlex.split(command)
    assert words[:2] == ["pip", "install"]
    target = tmp_path_factory.mktemp("image")
    subprocess.run(
        [sys.executable, "-m", *words[:-1], "--quiet", "--target", str(target), "."],
        cwd=built,
        check=True,
    )
    return target


def test_the_image_runs(image: Path, tmp_path: Path) -> None:
    store = {"DOUYIN_STORE": f"sqlite:///{tmp_path / 'douyin.db'}"}
    module = of("ENV")[0].split()[-1].partition("=")
    assert data_of(image) == data_of(ROOT)
    node = Scrapyd(
        tmp_path / "node",
        store | {"PYTHONPATH": str(image), module[0]: module[2]},
        command=tuple(json.loads(of("CMD")[0])),
    )
    node.start(also=(DEPLOY / "scrapyd-image.conf").read_text("utf-8"))
    try:
        spiders = node.ask(f"listspiders.json?project={PROJECT}")["spiders"]
        assert sorted(spiders) == sorted(scrapy("list").out.split())
        assert probe(of("HEALTHCHECK")[0].partition("CMD ")[2], node) == 0
        plan_is_scheduled(node, store, tmp_path)
    finally:
        assert node.stop() == 0
    assert probe(of("HEALTHCHECK")[0].partition("CMD ")[2], node) == 1


def data_of(folder: Path) -> set[str]:
    """Return what the package has beside its code: scripts, pages, the contract."""
    package = folder / "douyin_crawler"
    files = (path for path in package.rglob("*") if path.is_file())
    return {str(path.relative_to(package)) for path in files if path.suffix not in CODE}


def test_stopping_a_node_stops_its_jobs_in_order(tmp_path: Path) -> None:
    """By the unit's command; a job that waits is not begun instead of them."""
    needs_scrapyd()
    service = unit("douyin-scrapyd.service")["Service"]
    words = shlex.split(service["ExecStart"].replace("/opt/douyin_crawler", str(ROOT)))
    bin_of_venv = f"{ROOT}/.venv/bin/"
    assert words[0] == f"{bin_of_venv}python"
    store = tmp_path / "douyin.db"
    with SandboxProcess("--day", "300") as sandbox:
        project = {
            "PYTHONPATH": str(ROOT),
            "SCRAPY_SETTINGS_MODULE": "douyin_crawler.settings",
            "DOUYIN_COOKIE": sandbox.login_cookie,
        }
        node = Scrapyd(
            tmp_path / "node",
            crawl_environment(sandbox.url, store) | project,
            command=tuple(word.removeprefix(bin_of_venv) for word in words),
        )
        image = (DEPLOY / "scrapyd-image.conf").read_text("utf-8")
        node.start(also=image, processes=1)
        try:
            user = sandbox.users[MANY]
            slow = ["DOWNLOAD_DELAY=0.5", "AUTOTHROTTLE_ENABLED=False"]
            first = node.schedule("user_posts", setting=slow, user=user)
            second = node.schedule("user_posts", setting=QUICK, user=user)
            node.wait(lambda: len(sandbox.requests(POSTS)) >= 3)
            assert node.stop() == 0, node.output
            [run] = rows(store, "SELECT * FROM runs")
            assert (run["job"], run["exit_status"]) == (first, 8), node.output
            assert "all jobs have ended" in node.output
            before = len(sandbox.requests(POSTS))
            node.start(also=image)
            node.wait_for(second)
        finally:
            node.stop()
        truth = sorted(sandbox.truth(user)["posts"])
        stored = rows(store, "SELECT aweme_id FROM posts")
        assert sorted(row["aweme_id"] for row in stored) == truth
        assert len(sandbox.requests(POSTS)) - before < -(-len(truth) // 18)
    [run] = rows(store, "SELECT exit_status FROM runs WHERE job = ?", second)
    assert run["exit_status"] == 0


def probe(command: str, node: Scrapyd) -> int:
    words = [
        sys.executable,
        *json.loads(command.replace("http://127.0.0.1:6800", node.url))[1:],
    ]
    return subprocess.run(
        words, cwd=ROOT, env=os.environ | LOGIN, check=False
    ).returncode


def plan_is_scheduled(node: Scrapyd, store: dict[str, str], folder: Path) -> None:
    """Run the scheduler as the timer and as the compose file do."""
    plan = folder / "plan.toml"
    plan.write_text('[jobs.words]\nspider = "hot_list"\nevery = "1d"\n', "utf-8")
    places = {
        "/etc/douyin/plan.toml": str(plan),
        "/plans/plan.toml": str(plan),
        "http://localhost:6800": node.url,
        "http://scrapyd:6800": node.url,
        "/tmp/alive": str(folder / "alive"),  # noqa: S108
    }
    timer = shlex.split(unit("douyin-schedule.service")["Service"]["ExecStart"])
    composed = compose()["services"]["scheduler"]["command"]
    assert timer[0].endswith("/scrapy")
    assert composed[0] == "scrapy"
    nowhere = {"DOUYIN_BASE_URL": "http://127.0.0.1:9"}
    started = 0
    for command in (timer[1:], [*composed[1:], "--once"]):
        words = [places.get(word, word) for word in command]
        ran = scrapy(*words, environment=store | LOGIN | nowhere)
        assert ran.status == 0, ran.err
        started += ran.err.count("started as job")
    assert started == 1
