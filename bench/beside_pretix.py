"""A whole filing of ours beside a whole order of pretix, in one run, by processor time. See docs/performance.md.

`bin/bench --pretix VENV FOLDER > result.json`. VENV is a Python environment outside this repository with pretix and granian;
FOLDER keeps pretix's own database and is made at first need. Both stacks run at the same time, each with its own
PostgreSQL and Redis, two web processes of four threads in granian, and one Celery worker of two processes; nothing is
served from a cache that the product does not bring by itself. Turns alternate; the processor time of every process of a
stack is read from /proc before and after each turn, once its worker is idle again.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import Envelope

from bench.browser import Browser
from bench.filing import file_one, sign_in
from bench.load import cpu_seconds
from bench.order import BUYER, EVENT, order_one
from running import embedded
from running.supervisor import Child, Stack, free_port

CONFIG = """
[pretix]
instance_name=Bench
url=http://localhost:{port}
currency=EUR
datadir={folder}/data
trust_x_forwarded_for=off
registration=off
[database]
backend=postgresql
name=pretix
user=postgres
host={folder}/pg
[mail]
from=bench@example.test
host=127.0.0.1
port={mail}
[redis]
location={redis}/1
sessions=true
[celery]
backend={redis}/2
broker={redis}/3
[django]
debug=off
"""
WEB = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--http", "1", "--no-ws", "--workers", "2"]
WEB += ["--blocking-threads", "4", "--log-level", "warning"]
WORKER = ["celery", "-A", "pretix.celery_app", "worker", "--pool", "prefork", "--concurrency", "2"]
WORKER += ["--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
QUIET = 1.5  # seconds without a letter waiting and without work in the database: the worker has done its part


def say(text: str) -> None:
    """Progress goes to the error channel; the output is JSON alone."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


@dataclass
class Side:
    """One stack: how one flow runs, whose processor time counts, and when its worker has nothing left."""

    name: str
    flow: Callable[[int], int]  # number of the flow → HTTP requests it took
    processes: dict[str, list[int]]
    waiting: Callable[[], int]
    taken: list[dict[str, float]] = field(default_factory=list)

    def spent(self) -> dict[str, float]:
        """Processor seconds so far, by part."""
        return {part: cpu_seconds(pids) for part, pids in self.processes.items()}

    def settle(self) -> None:
        """Wait until the worker has done everything."""
        end = time.monotonic() + 60
        while self.waiting():
            if time.monotonic() > end:
                raise SystemExit(f"{self.name}: the worker does not finish")
            time.sleep(0.2)
        time.sleep(QUIET)

    def turn(self, number: int, flows: int, *, counted: bool = True) -> None:
        """Run some flows one after the other and keep what one took on average."""
        before, requests = self.spent(), 0
        for one in range(flows):
            requests += self.flow(number * flows + one)
        self.settle()
        after = self.spent()
        parts = {part: 1000 * (after[part] - before[part]) / flows for part in before}
        if counted:
            self.taken.append({**parts, "all": sum(parts.values()), "requests": requests / flows})

    def figures(self) -> dict[str, float]:
        """Medians over the turns, milliseconds of one flow."""
        return {part: round(statistics.median(row[part] for row in self.taken), 1) for part in self.taken[0]}


class Shop:
    """pretix with its servers, made in a folder of its own."""

    def __init__(self, venv: Path, folder: Path, mail: int) -> None:
        self.venv, self.folder, self.port, self.mail = venv, folder, free_port(), mail
        self.env: dict[str, str] = {}
        self.children: list[Child] = []

    def start(self) -> None:
        """Servers, tables, the shop, web and worker."""
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        url = embedded.postgres_url(self.folder / "pg")
        redis = embedded.redis_url(self.folder / "redis").rpartition("/")[0]
        config = self.folder / "pretix.cfg"
        config.write_text(CONFIG.format(port=self.port, folder=self.folder, mail=self.mail, redis=redis))
        self.env = {**os.environ, "PRETIX_CONFIG_FILE": str(config), "DJANGO_SETTINGS_MODULE": "pretix.settings"}
        self.env["PYTHONWARNINGS"] = "ignore"
        self._tables(url)
        self._run(str(Path(__file__).with_name("pretix_shop.py")))
        self._child("web", ["-m", *WEB, "--port", str(self.port), "pretix.wsgi:application"])
        self._child("worker", ["-m", *WORKER])
        self._wait()

    def stop(self) -> None:
        """Stop what was started."""
        for child in self.children:
            child.stop()
        embedded.stop_redis(self.folder / "redis")
        embedded.stop_postgres(self.folder / "pg")

    def pids(self, name: str) -> list[int]:
        """The process of a child."""
        return [child.process.pid for child in self.children if child.name == name and child.process]

    def _tables(self, url: str) -> None:
        with psycopg.connect(url, autocommit=True) as link:
            known = link.execute("SELECT FROM pg_database WHERE datname = 'pretix'").fetchone()
            if known is None:
                link.execute("CREATE DATABASE pretix")
        if known is None:
            say("pretix makes its tables; this takes minutes and happens once")
            self._run("-m", "pretix", "migrate", "--noinput", "--verbosity", "0")

    def _run(self, *command: str) -> None:
        python = str(self.venv / "bin" / "python")
        done = subprocess.run(
            [python, *command], env=self.env, cwd=self.folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"pretix {command}: {done.stderr[-2000:]}")

    def _child(self, name: str, command: list[str]) -> None:
        child = Child(name, [str(self.venv / "bin" / "python"), *command], log=self.folder / f"{name}.log")
        child.note.path = self.folder / f"{name}.pid"
        child.start(self.env)
        self.children.append(child)

    def _wait(self) -> None:
        end = time.monotonic() + 180
        while time.monotonic() < end:
            browser = Browser(self.port)
            try:
                if browser.get(EVENT).status == 200:
                    return
            except OSError:
                time.sleep(1)
            finally:
                browser.close()
        raise SystemExit(f"pretix does not answer; see {self.folder}/web.log")


def shop_side(shop: Shop, letters: Callable[[], int]) -> Side:
    """An order in pretix; its worker has finished when the order's letter has come in."""
    sent = {"orders": 0, "before": letters()}

    def flow(number: int) -> int:
        browser = Browser(shop.port)
        order_one(browser, number)
        browser.close()
        sent["orders"] += 1
        return browser.requests

    database = embedded.postgres_pid(shop.folder / "pg")
    processes = {"web": shop.pids("web"), "worker": shop.pids("worker"), "database": [database] if database else []}
    return Side("pretix", flow, processes, lambda: int(letters() - sent["before"] < sent["orders"]))


def portal_side(stack: Stack) -> Side:
    """A filing of ours, by somebody signed in; the worker has finished when no message waits."""
    browser = Browser(stack.port)
    sign_in(browser)
    link = psycopg.connect(stack.env["DATABASE_URL"], autocommit=True)

    def flow(number: int) -> int:
        before = browser.requests
        file_one(browser, number)
        return browser.requests - before

    def waiting() -> int:
        row = link.execute(
            "SELECT (SELECT count(*) FROM integrations_outboxmessage WHERE state = 'waiting')"
            " + (SELECT count(*) FROM dossiers_printedform WHERE file_id IS NULL)"
        ).fetchone()
        return int(row[0]) if row else 0

    pids = {child.name: [child.process.pid] for child in stack.children if child.process}
    database = embedded.postgres_pid(stack.var / "postgres")
    processes = {"web": pids["web"], "worker": pids["worker"], "database": [database] if database else []}
    return Side("portal", flow, processes, waiting)


def portal(folder: Path, mail: int) -> Stack:
    """Our own stack, seeded, running; letters go to the same sink."""
    own = {
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(mail),
        "PYTHONWARNINGS": "ignore",
    }
    stack = Stack(folder, free_port(), own)
    stack.start_postgres()
    stack.start_redis()
    for command in (
        ["migrate", "--noinput", "--verbosity", "0"],
        ["collectstatic", "--noinput", "--verbosity", "0"],
        ["seed_demo"],
        ["load_city", "p-vung-tau"],
    ):
        say(" ".join(command))
        done = stack.manage(*command)
        if done.returncode:
            raise SystemExit(f"manage.py {command[0]} failed: {done.stderr[-2000:]}")
    stack.start("web", "worker")
    stack.wait_until_healthy(120)
    return stack


class Letters(Sink):
    """Counts the letters of pretix; ours are told by the outbox."""

    count = 0

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802  theirs
        """Take a letter."""
        Letters.count += BUYER in envelope.rcpt_tos
        return "250 OK"


def compare(venv: Path, folder: Path, own: Path, rounds: int, flows: int) -> dict[str, object]:
    """Both sides in turn; what one flow takes of each and how many times more pretix takes."""
    mail = Controller(Letters(), hostname="127.0.0.1", port=free_port())
    mail.start()
    shop, stack = Shop(venv, folder, mail.port), None
    try:
        say("starting pretix")
        shop.start()
        stack = portal(own, mail.port)
        sides = [portal_side(stack), shop_side(shop, lambda: Letters.count)]
        for side in sides:
            side.turn(0, flows, counted=False)  # warms processes, plans and pools
        for number in range(1, rounds + 1):
            for side in sides if number % 2 else reversed(sides):
                side.turn(number, flows)
            say(f"round {number}: " + ", ".join(f"{side.name} {side.taken[-1]['all']:.0f} ms" for side in sides))
        ours, theirs = sides
        each = [other["all"] / mine["all"] for mine, other in zip(ours.taken, theirs.taken, strict=True)]
        found = {side.name: side.figures() for side in sides}
        without = [row["all"] - row["database"] for row in (found["pretix"], found["portal"])]
        return {
            **found,
            "rounds": rounds,
            "flows_a_round": flows,
            "ratio": round(statistics.median(each), 2),
            "ratio_least_and_most": [round(min(each), 2), round(max(each), 2)],
            "ratio_without_database": round(without[0] / without[1], 2),
            "load": round(os.getloadavg()[0], 1),
        }
    finally:
        if stack is not None:
            stack.stop()
        shop.stop()
        mail.stop()


def main() -> None:
    """Print one JSON object."""
    venv, folder, own, rounds, flows = sys.argv[1:6]
    print(json.dumps(compare(Path(venv), Path(folder), Path(own), int(rounds), int(flows)), indent=2))


if __name__ == "__main__":
    main()
