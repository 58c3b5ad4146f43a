"""The whole benchmark in one run on one machine: starts the portal with the yardstick beside it and prints JSON. See bin/bench."""

import argparse
import http.cookiejar
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench.data import REFERENCE, submitted
from bench.load import cpu_seconds, measure, middle
from bench.scale import grow
from running import embedded
from running.supervisor import GIGABYTE, ROOT, Stack, free_port, require_free_disk

# page, yardstick, how fast at least compared with it (rps at 8 clients), who asks
PAIRS = [
    ("procedure page", "/thu-tuc/1.004873/", "/bench/anonymous/77/", 0.8, ""),
    ("procedure page, with a session", "/thu-tuc/1.004873/", "/bench/detail/77/", 0.8, "receptionist"),
    ("inbox, 50 rows", "/mot-cua/?muc=nhom", "/bench/list50/", 0.8, "receptionist"),
]

# What many dossiers are measured with.
SERVER = {
    "shared_buffers": "2GB",
    "effective_cache_size": "8GB",
    "max_wal_size": "8GB",
    "maintenance_work_mem": "512MB",
}
DISK = 30 * GIGABYTE


def say(text: str) -> None:
    """Progress goes to the error channel; the output is JSON alone."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def must(stack: Stack, *command: str) -> str:
    """Run a management command or stop."""
    done = stack.manage(*command)
    if done.returncode:
        raise SystemExit(f"manage.py {command[0]} failed: {done.stderr[-2000:]}")
    return done.stdout


def prepare(stack: Stack) -> int:
    """Tables, the demo city, the scenario, the yardstick's rows, a long inbox; gives the dossier that is copied."""
    for command in (
        ["migrate", "--noinput", "--run-syncdb", "--verbosity", "0"],
        ["collectstatic", "--noinput", "--verbosity", "0"],
        ["seed_demo"],
        ["load_city", "p-vung-tau"],
        ["load_scenario", "vung-tau-2022"],
    ):
        say(" ".join(command))
        must(stack, *command)
    with psycopg.connect(stack.env["DATABASE_URL"], autocommit=True) as link:
        link.execute(REFERENCE)
        template = link.execute(
            "SELECT id FROM dossiers_dossier WHERE state = 'submitted' AND account_id IS NOT NULL ORDER BY id LIMIT 1"
        ).fetchone()[0]
        desk = link.execute(
            "SELECT d.id, w.id, w.authority_code FROM accounts_orgunit d JOIN accounts_orgunit w ON w.id = d.parent_id WHERE d.code = 'p-vung-tau-ttpvhcc'"
        ).fetchone()
        say("5,000 dossiers wait in one inbox")
        submitted(link, template, 5000, *desk)
        link.execute("ANALYZE")
    return template


def sign_in(port: int, key: str) -> str:
    """The session cookie of a member of the cast."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(f"http://localhost:{port}/tai-khoan/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": token, "key": key}).encode()
    opener.open(urllib.request.Request(f"http://localhost:{port}/dong-vai/", form))
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def pages(stack: Stack, rounds: int, seconds: float) -> dict[str, object]:
    """Each page beside its yardstick, in turn, several rounds, at 1 and 8 clients."""
    server = [child.process.pid for child in stack.children if child.process]
    database = [pid] if (pid := embedded.postgres_pid(stack.var / "postgres")) else []
    cookies = {"": "", "receptionist": sign_in(stack.port, "receptionist")}
    found: dict[str, object] = {}
    for name, path, yardstick, bar, who in PAIRS:
        say(name)
        results: dict[str, dict[str, dict[str, float]]] = {}
        for clients in (1, 8):
            taken: dict[str, list[dict[str, float]]] = {"page": [], "yardstick": []}
            for turn in range(rounds + 1):
                for which, address in (("page", path), ("yardstick", yardstick)):
                    got = measure(
                        stack.port,
                        address,
                        cookie=cookies[who],
                        clients=clients,
                        seconds=seconds,
                        server=server,
                        database=database,
                    ).summary()
                    if turn:  # the first turn warms both
                        taken[which].append(got)
            results[f"c{clients}"] = {which: middle(rows) for which, rows in taken.items()}
        eight = results["c8"]
        found[name] = {
            **results,
            "rps_ratio": round(eight["page"]["rps"] / eight["yardstick"]["rps"], 2),
            "cpu_ratio": round(eight["page"]["server_cpu_ms"] / eight["yardstick"]["server_cpu_ms"], 2),
            "bar_rps_ratio": bar,
            "reached": eight["page"]["rps"] >= bar * eight["yardstick"]["rps"],
        }
    found["bare"] = middle(
        [
            measure(
                stack.port, "/bench/bare/", cookie="", clients=8, seconds=seconds, server=server, database=database
            ).summary()
            for _ in range(rounds)
        ]
    )
    return found


def inside(stack: Stack, module: str, *arguments: str, seconds: int = 600) -> object:
    """Run a part of the benchmark that calls services in a process of its own."""
    say(module)
    env = {
        **stack.env,
        "DATABASE_POOL": "40",
        "LOG_LEVEL": "ERROR",
        "STATEMENT_TIMEOUT": "60s",
    }  # slow is told, not refused
    command = [sys.executable, "-W", "ignore", "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=seconds, check=False)
    if done.returncode:
        raise SystemExit(f"{module} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def at_scale(stack: Stack, dossiers: int) -> dict[str, object]:
    """The same figures, boards, lists and exports with a tenth of the dossiers and with all of them, and how they grew."""
    roomy(stack)
    if not _is_loaded(stack):
        for command in (
            ["migrate", "--noinput", "--verbosity", "0"],
            ["collectstatic", "--noinput", "--verbosity", "0"],
            ["seed_demo"],
            ["load_scenario", "vung-tau-2022"],
        ):
            say(" ".join(command))
            must(stack, *command)
    found = {str(size): _sized(stack, size) for size in (dossiers // 10, dossiers)}
    return {**found, "grew": growth(*found.values())}


def roomy(stack: Stack) -> None:
    """Memory for the embedded server as a machine that serves a city would give it; a server of one's own is left as it is."""
    if not stack.owns_postgres:
        return
    with psycopg.connect(stack.env["DATABASE_URL"], autocommit=True) as link:
        for name, value in SERVER.items():
            link.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
    embedded.stop_postgres(stack.var / "postgres")
    stack.start_postgres()


def _is_loaded(stack: Stack) -> bool:
    """Whether copying began in this folder before."""
    with psycopg.connect(stack.env["DATABASE_URL"], autocommit=True) as link:
        return link.execute("SELECT to_regclass('bench_copied')").fetchone() != (None,)


def _sized(stack: Stack, size: int) -> dict[str, Any]:
    say(f"{size} dossiers")
    database = [pid] if (pid := embedded.postgres_pid(stack.var / "postgres")) else []
    began, before = time.monotonic(), cpu_seconds(database)
    grow(stack.env["DATABASE_URL"], size)
    made, processor = time.monotonic() - began, cpu_seconds(database) - before
    found = {
        "made_s": round(made),
        "made_cpu_s": round(processor),
        "figures": inside(stack, "bench.figures", "2022-09", "3", seconds=3600),
        "use": inside(stack, "bench.at_scale", "2022-09", seconds=3600),
        "load": round(os.getloadavg()[0], 1),
    }
    say(json.dumps(found, ensure_ascii=False))
    return found


def growth(few: dict[str, Any], many: dict[str, Any]) -> dict[str, float]:
    """By how much everything measured in both sizes takes longer with ten times the dossiers."""
    found = {}
    for name, value in many.items():
        if isinstance(value, dict) and name in few:
            found |= {f"{name}: {key}": times for key, times in growth(few[name], value).items()}
        elif name.endswith(("_ms", "_s")) and few.get(name):
            found[name] = round(value / few[name], 2)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bin/bench", description="Ratios of this machine, today; JSON on the output.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--receive", type=int, default=200, help="dossiers received per setting")
    parser.add_argument("--scale", type=int, nargs="?", const=1_400_000, help="dossiers for figures at scale, alone")
    parser.add_argument("--keep", type=Path, help="folder of the database, kept, where a run that was stopped goes on")
    wishes = parser.parse_args()
    folder = wishes.keep.resolve() if wishes.keep else Path(tempfile.mkdtemp(prefix="motcua-bench-"))
    if wishes.scale:
        require_free_disk(folder, DISK)
    own = {
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "DJANGO_SETTINGS_MODULE": "bench.reference.settings",
        "PYTHONWARNINGS": "ignore",
    }
    stack = Stack(folder, free_port(), own)
    began = time.monotonic()
    try:
        say("starting servers")
        stack.start_postgres()
        stack.start_redis()
        if wishes.scale:
            print(json.dumps(at_scale(stack, wishes.scale), indent=2, ensure_ascii=False))
            return
        template = prepare(stack)
        load_before = os.getloadavg()[0]
        stack.start("web")
        stack.wait_until_healthy(60)
        found = {
            "machine": {
                "cpus": os.cpu_count(),
                "python": platform.python_version(),
                "load_before": round(load_before, 2),
            },
            "pages": pages(stack, wishes.rounds, wishes.seconds),
            "snapshot": inside(stack, "bench.figures", "2022-09"),
            "receive": inside(stack, "bench.receive", str(template), str(wishes.receive)),
        }
        found["machine"]["load_after"] = round(os.getloadavg()[0], 2)
        found["seconds"] = round(time.monotonic() - began)
        print(json.dumps(found, indent=2, ensure_ascii=False))
    finally:
        stack.stop()
        if not wishes.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
