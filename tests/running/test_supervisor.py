"""Starting and stopping on one machine: clear refusals, no mistaken pid, dead children revived, nothing left behind."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from running import supervisor
from running.demo import Demo, _gist
from running.supervisor import CannotStartError, Child, Note, Stack, require_free_disk, require_free_port, started_at
from tests.house.source import ROOT

pytestmark = pytest.mark.unit
SLEEP = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]
DIE = [sys.executable, "-S", "-c", "pass"]


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def child_of(tmp_path, name: str, command: list[str]) -> Child:
    child = Child(name, command, patience=5)
    child.log, child.note = tmp_path / "log" / f"{name}.log", Note(tmp_path / "run" / f"{name}.pid")
    return child


def test_a_taken_port_is_one_sentence_in_both_languages(taken_port):
    with pytest.raises(CannotStartError, match=rf"Port {taken_port} is taken.*Cổng {taken_port}"):
        require_free_port(taken_port)
    require_free_port(supervisor.free_port())


def test_a_full_disk_is_one_sentence_also_for_a_folder_that_is_not_there_yet(tmp_path):
    require_free_disk(tmp_path / "new" / "var", wanted=1)
    with pytest.raises(CannotStartError, match="less than"):
        require_free_disk(tmp_path / "new" / "var", wanted=10**18)


def test_a_note_names_one_process_for_good(tmp_path):
    note = Note(tmp_path / "run" / "x.pid")
    assert note.living() is None
    note.write(os.getpid())
    assert note.living() == os.getpid()
    note.path.write_text(f"{os.getpid()} 1")  # the same number, another process
    assert note.living() is None
    note.path.write_text("rubbish")
    assert note.living() is None


def test_a_child_stops_with_its_whole_group(tmp_path):
    script = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)']); time.sleep(60)"
    child = child_of(tmp_path, "web", [sys.executable, "-S", "-c", script])
    child.start(dict(os.environ))
    group = child.process.pid
    end = time.monotonic() + 5
    while len(_members(group)) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    child.stop()
    assert _members(group) == []
    assert not child.note.path.exists()


def _members(group: int) -> list[int]:
    found = []
    for pid in (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()):
        try:
            if started_at(pid) is not None and os.getpgid(pid) == group:
                found.append(pid)
        except ProcessLookupError:
            continue
    return found


def test_leftovers_of_a_crash_are_ended_and_strangers_are_not(tmp_path):
    left = child_of(tmp_path, "worker", SLEEP)
    left.start(dict(os.environ))
    stranger = subprocess.Popen(SLEEP)
    (tmp_path / "run" / "web.pid").write_text(f"{stranger.pid} 1")
    try:
        assert Stack(tmp_path, 0).stop_leftovers() == ["worker"]
        assert left.gone()
        assert stranger.poll() is None
        assert list((tmp_path / "run").iterdir()) == []
    finally:
        stranger.kill()
        stranger.wait()


def test_a_dead_child_is_started_again_but_not_for_ever(tmp_path):
    stack = Stack(tmp_path, 0)
    child = child_of(tmp_path, "beat", DIE)
    stack.children.append(child)
    child.start(stack.env)
    for _start in range(2):
        child.process.wait(timeout=10)
        assert list(stack.revive()) == [child]
    child.process.wait(timeout=10)
    with pytest.raises(CannotStartError, match="keeps stopping"):
        list(stack.revive())
    child.stop()


def test_servers_of_ones_own_are_never_started_or_stopped(tmp_path, monkeypatch):
    own = {"DATABASE_URL": "postgresql://u@db.example/x", "REDIS_URL": "redis://cache.example/0"}
    for name in ("postgres_url", "redis_url", "stop_postgres", "stop_redis"):
        monkeypatch.setattr(
            supervisor.embedded, name, lambda *_words, **_more: pytest.fail("an embedded server was touched")
        )
    stack = Stack(tmp_path, 0, own)
    stack.start_postgres()
    stack.start_redis()
    stack.stop()
    assert stack.env["DATABASE_URL"] == own["DATABASE_URL"]


def demo(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "running.demo", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_demo_says_a_taken_port_before_it_installs_anything(tmp_path, taken_port):
    done = demo("--check", "--port", str(taken_port), VAR_DIR=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith(f"bin/demo: Port {taken_port} is taken")
    assert "Traceback" not in done.stderr


def test_demo_refuses_to_forget_a_database_that_is_not_its_own(tmp_path):
    done = demo(
        "--check",
        "--reset",
        "--port",
        str(supervisor.free_port()),
        VAR_DIR=str(tmp_path),
        DATABASE_URL="postgresql://x/y",
    )
    assert done.returncode == 1
    assert "--reset forgets only embedded data" in done.stderr


def test_demo_runs_once(tmp_path):
    Note(tmp_path / "run" / "demo.pid").write(os.getpid())
    done = demo("--check", "--port", str(supervisor.free_port()), VAR_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "runs here already" in done.stderr


def test_stopping_nothing_is_fine(tmp_path):
    done = demo("--stop", VAR_DIR=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("wish", ["--stop", "--help"])
def test_stopping_and_asking_install_nothing(tmp_path, wish):
    (tmp_path / "bin").mkdir()
    for name in ("bin/demo", "running"):
        (tmp_path / name).symlink_to(ROOT / name)
    done = subprocess.run(
        [tmp_path / "bin" / "demo", wish],
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path / "var"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / ".venv").exists()


def test_demo_checks_with_the_standard_library_alone(tmp_path):
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); import running.demo"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("output", "gist"),
    [
        (
            "SystemCheckError: System check identified some issues:\n\nCRITICALS:\n?: this is wrong\n",
            "?: this is wrong",
        ),
        ("Traceback …\n  File x\nValueError: not so\n", "ValueError: not so"),
        ("", "no output"),
    ],
)
def test_a_failed_command_is_told_by_its_telling_line(output, gist):
    assert _gist(output) == gist


def test_the_city_is_loaded_step_by_step_and_not_twice(tmp_path, monkeypatch):
    monkeypatch.setattr("running.demo.MARK", tmp_path / "mark")
    monkeypatch.setattr("running.demo.GROWING", tmp_path / "growing")
    ran, broken = [], {"load_scenario"}
    one = Demo.__new__(Demo)
    one._database_mark = lambda: "this database"
    one._step = lambda _title, work: work()
    opened = []
    one._open = lambda: opened.append(len(ran))

    def manage(command, *, gives_way):
        assert gives_way is (command[0] == "load_city"), "the shorter lane gives way to the longer"
        if command[0] in broken:
            raise CannotStartError("broke")
        ran.append(command[0])

    one._manage = manage
    with pytest.raises(CannotStartError, match="broke"):
        one._load_city()
    assert ran == ["seed_demo", "load_city"]  # what runs beside the broken lane is done and kept
    assert opened == [2]  # by the lane that was done
    broken.clear()
    one._load_city()
    one._load_city()
    assert ran == ["seed_demo", "load_city", "load_scenario", "seed_reporting"]
    assert (tmp_path / "growing").exists()
    one._database_mark = lambda: "another database"
    one._load_city()
    assert len(ran) == 8


def test_the_rest_of_the_city_grows_behind_the_portal_one_after_the_other(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("running.demo.MARK", tmp_path / "mark")
    monkeypatch.setattr("running.demo.GROWING", tmp_path / "growing")
    (tmp_path / "growing").touch()
    started, codes = [], [0, 1, 0]
    one = Demo.__new__(Demo)
    one.growing, one._database_mark = [], lambda: "this database"

    def one_command(_name, *command):
        started.append(command[0])
        process = SimpleNamespace(returncode=codes.pop(0))
        return SimpleNamespace(process=process, log="city.log", gone=lambda: True, stop=lambda: None)

    one.stack = SimpleNamespace(one_command=one_command)
    for _second in range(4):
        one._grow()
    assert started == ["load_city", "seed_reporting"]
    assert "the figures of the last months failed; see city.log" in capsys.readouterr().out
    assert not (tmp_path / "growing").exists()
    (tmp_path / "growing").touch()  # the next start tries again what is left
    for _second in range(3):
        one._grow()
    assert started == ["load_city", "seed_reporting", "seed_reporting"]
    assert "The whole city is loaded." in capsys.readouterr().out
    assert not (tmp_path / "growing").exists()
