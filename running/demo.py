"""What bin/demo does: checks, servers, tables, the demo city on first run, processes, the address, and a clean end.

Needs only the standard library until the checks have passed; knows the rooms' commands by name alone.
"""

import argparse
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path

from running import kept
from running.commands import Commands
from running.supervisor import ROOT, CannotStartError, Child, Note, Stack, require_free_disk, require_free_port

VAR = Path(os.environ.get("VAR_DIR", ROOT / "var")).absolute()
MARK = VAR / "demo-loaded"
MARKING = threading.Lock()
OF_PACKAGES = ("requirements/app.txt", "portal/settings.py")
GROWING = VAR / "city-growing"  # there while LATER runs; pages of the demo say so
# What is loaded once per database: what the person reads, and the management command. Stages come one after the other; the
# lanes of a stage run side by side, so that both cores of a small machine work; the last is the longest, others give way to it.
Load = tuple[str, list[str]]
CITY: list[list[list[Load]]] = [
    [[("units, people and procedures", ["seed_demo"])]],
    [
        [("eight weeks of phường Vũng Tàu", ["load_city", "p-vung-tau"])],
        [
            ("the scenario Vũng Tàu 2022", ["load_scenario", "vung-tau-2022"]),
            ("targets and its figures", ["seed_reporting", "--old-only"]),
        ],
    ],
]
# Behind the running portal: stages one after the other, what stands in one side by side.
LATER: list[list[Load]] = [
    [("the four other units", ["load_city", "p-tam-thang", "p-rach-dua", "p-phuoc-thang", "x-long-son"])],
    [("the figures of the last months", ["seed_reporting"])],
]


OLDER_OURS = (
    "The data in var/ are of an older version whose tables cannot be brought up to date; bin/demo --reset forgets them "
    "and loads the demo city anew. (Dữ liệu trong var/ thuộc phiên bản cũ, không nâng cấp được; hãy chạy "
    "bin/demo --reset để bỏ dữ liệu cũ và nạp lại từ đầu.)"
)
OLDER_THEIRS = (
    "The database of DATABASE_URL is of an older version whose tables cannot be brought up to date; name an empty "
    "database. (Cơ sở dữ liệu này thuộc phiên bản cũ, không nâng cấp được; hãy dùng một cơ sở dữ liệu trống.)"
)


class Stopped(Exception):  # noqa: N818  a request, not a fault
    """Ctrl-C or SIGTERM arrived."""


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="bin/demo", description="Runs the portal with a demo city; Ctrl-C stops it.")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="HTTP port (8000)")
    parser.add_argument("--reset", action="store_true", help="forget the demo's data and start anew")
    parser.add_argument("--stop", action="store_true", help="stop a running demo")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    """Run one of the three wishes; a fault is one sentence and a non-zero exit."""
    wishes = arguments()
    note = Note(VAR / "run" / "demo.pid")
    try:
        if wishes.stop:
            return stop(note)
        if wishes.check:
            check(wishes, note)
            return 0
        return Demo(wishes, note).run()
    except CannotStartError as error:
        print(f"bin/demo: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"bin/demo: {error.strerror or error} ({error.filename or 'no file'}).", file=sys.stderr)
        return 1


def check(wishes: argparse.Namespace, note: Note) -> None:
    """Look for what would stop us before anything is installed or started."""
    if note.living():
        message = "A demo runs here already; stop it with bin/demo --stop. (Bản trình diễn đang chạy.)"
        raise CannotStartError(message)
    if wishes.reset and os.environ.get("DATABASE_URL"):
        message = "--reset forgets only embedded data; empty the database of DATABASE_URL yourself. (Hãy tự làm trống CSDL này.)"
        raise CannotStartError(message)
    require_free_disk(VAR)
    if not list((VAR / "run").glob("web.pid")):  # else a crashed demo may hold the port; run() clears that away first
        require_free_port(wishes.port)


def stop(note: Note) -> int:
    """Stop the running demo, or what a crashed one left behind."""
    running = note.living()
    if running:
        os.kill(running, signal.SIGTERM)
        end = time.monotonic() + 60
        while note.living() == running and time.monotonic() < end:
            time.sleep(0.1)
    stack = Stack(VAR, 0)
    stack.stop_leftovers()
    stack.stop_servers()
    print("Stopped." if running else "Nothing was running; leftovers are cleared.")
    return 0


def require_known_tables(url: str, *, is_ours: bool) -> None:
    """Raise CannotStartError when the database holds tables that no migration leads from.

    The first migrations were made anew once, before anybody had an installation: `migrate` takes the tables of before
    for its own. They are known by the ledger, whose events bore no version then.
    """
    with kept.connect(url) as link:
        columns = link.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('dossiers_dossierevent') AND attnum > 0"
        ).fetchall()
    if columns and ("schema_version",) not in columns:
        raise CannotStartError(OLDER_OURS if is_ours else OLDER_THEIRS)


class Demo:
    """One run of the demo."""

    def __init__(self, wishes: argparse.Namespace, note: Note) -> None:
        self.wishes = wishes
        self.note = note
        self.stack = Stack(VAR, wishes.port)
        self.began = time.monotonic()
        self.commands = Commands()
        self.aside: Future[None] | None = None
        self.growing: list[tuple[Load, Child]] = []
        self.opening, self.is_open = threading.Lock(), False

    def run(self) -> int:
        """Start all, wait for Ctrl-C, stop all."""
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._stopped)
        check(self.wishes, self.note)
        left = self.stack.stop_leftovers()
        if left:
            print(f"  ended what an earlier run left behind: {', '.join(left)}")
        require_free_port(self.wishes.port)
        self.note.write(os.getpid())
        try:
            self._start()
            self._greet(self._cast())
            self._grow()
            self._watch()
        except Stopped:
            print("\nStopping …", flush=True)
        finally:
            for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(sign, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
            self.commands.stop()
            for _load, child in self.growing:
                child.stop()
            with self.opening:
                self.is_open = True  # a lane that ends just now opens nothing any more
            GROWING.unlink(missing_ok=True)
            self.stack.stop()
            self.note.forget()
        print("Stopped; the data is kept in var/ (bin/demo starts it again).")
        return 0

    def _stopped(self, *_signal: object) -> None:
        raise Stopped

    def _start(self) -> None:
        if self.wishes.reset:
            self._step("forgetting the demo's data", self._forget)
        self.aside = _begun(self._static)  # needs no server
        self._step("starting PostgreSQL", self.stack.start_postgres)
        self._step("starting Redis", self.stack.start_redis)
        require_known_tables(self.stack.env["DATABASE_URL"], is_ours=self.stack.owns_postgres)
        if self.stack.owns_redis:  # an empty queue: it has nothing to do until all is there
            self.stack.start("worker")
        self._step("bringing the tables up to date", self._tables)
        self._load_city()
        self._step("collecting style sheets, fonts and scripts", self._open)
        self._step("waiting for web and worker", lambda: self.stack.wait_until_healthy(60))
        self.stack.start("beat")

    def _open(self) -> None:
        """Start web and worker, once: nobody is told before all is there, but they take a core that has nothing to do."""
        if self.aside:
            self.aside.result()
        with self.opening:
            if not self.is_open:
                there = {child.name for child in self.stack.children}
                self.stack.start(*(name for name in ("web", "worker") if name not in there))
            self.is_open = True

    def _forget(self) -> None:
        self.stack.stop_servers()
        for name in ("postgres", "redis", "private", "mail", "log"):
            shutil.rmtree(VAR / name, ignore_errors=True)
        MARK.unlink(missing_ok=True)
        GROWING.unlink(missing_ok=True)

    def _tables(self) -> None:
        """Bring tables and beat table up to date, unless an earlier start did and nothing has changed since."""
        memory, url, files = (
            kept.Memory(VAR / "tables-current"),
            self.stack.env["DATABASE_URL"],
            kept.of_files(*kept.OF_TABLES),
        )
        if kept.tables_are_current(memory, url):
            return
        commands = [("migrate", "--noinput", "--verbosity", "0"), ("setup_beat",)]
        _side_by_side([[partial(self._manage, command) for command in commands], [self._cast]])
        kept.remember_tables(memory, url, files)

    def _static(self) -> None:
        """Collect static files when one of them, or a package that brings some, has changed since the last collection."""
        memory, source = kept.Memory(VAR / "static-collected"), kept.of_files("static/**/*", *OF_PACKAGES)
        if memory.recall(source) is not None and (VAR / "static" / "staticfiles.json").exists():
            return
        nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
        done = self.stack.manage("collectstatic", "--noinput", "--verbosity", "0", also=nowhere)
        self._keep(("collectstatic",), done.returncode, done.stdout + done.stderr)
        memory.keep(source)

    def _cast(self) -> str:
        """The people of the demo in words; asked once, as long as nothing has changed that they come from."""
        memory, source = kept.Memory(VAR / "cast"), kept.of_files("accounts/**/*.py", "accounts/data/*", *OF_PACKAGES)
        known = memory.recall(source)
        if known is None:
            code, said = self.commands.run(("show_cast", "--skip-checks"), self.stack.command_env())
            known = "" if code else said.rstrip()
            memory.keep(source if known else "", known)
        return known

    def _load_city(self) -> None:
        """Run what has not been run for this database; a crash between two steps repeats only the second."""
        done = self._done()
        if any(_line(load) not in done for stage in LATER for load in stage):
            GROWING.touch()
        for stage in CITY:
            lanes = [[load for load in lane if _line(load) not in done] for lane in stage]
            titles = [title for lane in lanes for title, _command in lane]
            if titles:
                work: list[list[Callable[[], object]]] = [
                    [partial(self._load, load, gives_way=lane is not lanes[-1]) for load in lane] for lane in lanes
                ]
                if stage is CITY[-1]:
                    for lane in work:
                        lane.append(self._open)
                self._step(f"loading {'; '.join(titles)}", partial(_side_by_side, work))

    def _load(self, load: Load, *, gives_way: bool) -> None:
        self._manage(load[1], gives_way=gives_way)
        self._mark(load)

    def _done(self) -> set[str]:
        """What has been loaded into this database."""
        lines = MARK.read_text().splitlines() if MARK.exists() else []
        return set(lines[1:]) if lines[:1] == [self._database_mark()] else set()

    def _mark(self, load: Load) -> None:
        """Remember that something is loaded; two lanes may end at once."""
        with MARKING:
            done = self._done() | {_line(load)}
            MARK.write_text("\n".join([self._database_mark(), *sorted(done)]))

    def _grow(self) -> None:
        """Load what comes behind the running portal, stage by stage; called again and again, it waits for nothing.

        What fails is told, and tried at the next start.
        """
        if not GROWING.exists() or not all(child.gone() for _load, child in self.growing):
            return
        failed = [(load, child) for load, child in self.growing if child.process and child.process.returncode]
        for load, child in self.growing:
            child.stop()
            if (load, child) not in failed:
                self._mark(load)
        for load, child in failed:
            print(f"Loading {load[0]} failed; see {child.log}", flush=True)
        done = self._done()
        left = [[load for load in stage if _line(load) not in done] for stage in LATER]
        stage = next((stage for stage in left if stage), []) if not failed else []
        self.growing = [(load, self.stack.one_command(f"city-{n}", *load[1])) for n, load in enumerate(stage, 1)]
        if not stage:
            GROWING.unlink(missing_ok=True)
            print("" if failed else "The whole city is loaded.\n", end="", flush=True)

    def _database_mark(self) -> str:
        return kept.of_database(self.stack.env["DATABASE_URL"])

    def _manage(self, command: Sequence[str], *, gives_way: bool = False) -> None:
        """Run a management command to its end."""
        self._keep(command, *self.commands.run(command, self.stack.command_env(), gives_way=gives_way))

    def _keep(self, command: Sequence[str], code: int, said: str) -> None:
        """Keep what a command said; raise CannotStartError when it failed."""
        log = VAR / "log" / "setup.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as out:
            out.write(f"== manage.py {' '.join(command)}\n{said}\n")
        if code:
            raise CannotStartError(f"manage.py {command[0]} failed: {_gist(said)} (details: {log})")

    def _step(self, title: str, work: Callable[[], None]) -> None:
        """Do the work; a step that takes longer than two seconds is shown while it runs."""
        done = threading.Event()
        ticker = threading.Thread(target=_tick, args=(title, done), daemon=True)
        ticker.start()
        try:
            work()
        finally:
            done.set()
            ticker.join()

    def _greet(self, people: str) -> None:
        seconds = time.monotonic() - self.began
        address = f"http://localhost:{self.wishes.port}"
        print(f"\nMột Cửa runs at {address} (ready in {seconds:.0f} s). Ctrl-C stops it.\n")
        if people:
            print(f"{people}\n")
        print(
            "Demo mode: identity numbers, keys and people are samples; uploads are not scanned for viruses.", flush=True
        )

    def _watch(self) -> None:
        while True:
            time.sleep(1)
            for child in self.stack.revive():
                print(f"{child.name} had stopped and was started again; see {child.log}", flush=True)
            self._grow()


def _line(load: Load) -> str:
    """How a load stands in the mark."""
    return " ".join(load[1])


def _begun(work: Callable[[], None]) -> Future[None]:
    """Begin work beside all else; its fault is raised where its end is waited for."""
    pool = ThreadPoolExecutor(max_workers=1)
    begun = pool.submit(work)
    pool.shutdown(wait=False)
    return begun


def _side_by_side(lanes: Sequence[Sequence[Callable[[], object]]]) -> None:
    """Run lanes at once, each to its end or its first fault; then raise the first fault there was."""

    def run(lane: Sequence[Callable[[], object]]) -> None:
        for work in lane:
            work()

    pool = ThreadPoolExecutor(max_workers=len(lanes))
    try:
        running = [pool.submit(run, lane) for lane in lanes]
        wait(running)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # a Ctrl-C does not wait for what its servers' end will end
    for lane in running:
        lane.result()


def _gist(output: str) -> str:
    """The line of a failed command that says most: its error, else its last line."""
    lines = [line.strip() for line in output.strip().splitlines() if line.strip()] or ["no output"]
    # Warnings of the checks come first whatever happens then; only those of a failed check say why.
    failed = next((place for place, line in enumerate(lines) if line.startswith("SystemCheckError")), len(lines))
    checks = [line for line in lines[failed:] if line.startswith("?:")]
    errors = [line for line in lines if "Error: " in line]
    return checks[0] if checks else errors[-1] if errors else lines[-1]


def _tick(title: str, done: threading.Event) -> None:
    began = time.monotonic()
    if done.wait(2):
        return
    print(f"  … {title} ", end="", flush=True)
    while not done.wait(2):
        print(".", end="", flush=True)
    print(f" {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
