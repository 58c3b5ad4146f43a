"""Commands from one loaded process: their codes and words, side by side, ended with their supervisor; a fault in loading is told."""

import os
import subprocess
import sys
import textwrap

import pytest

from tests.house.source import ROOT

pytestmark = [pytest.mark.unit, pytest.mark.slow]


def supervised(body: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run lines with `commands` and `env` at hand in an interpreter of their own, as bin/demo is one."""
    script = textwrap.dedent(
        """
        import os, threading, time
        from running.commands import Commands
        commands, env = Commands(), dict(os.environ)
        """
    ) + textwrap.dedent(body)
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    words = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings", "DEMO": "1", **nowhere, **env}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        cwd=ROOT,
        env=words,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_codes_and_words_of_commands_side_by_side(tmp_path):
    done = supervised(
        """
        answers = {}
        def ask(*command):
            answers[command[0]] = commands.run(command, env)
        asked = [threading.Thread(target=ask, args=words) for words in (["show_cast", "--skip-checks"], ["nonsense"])]
        for one in asked: one.start()
        for one in asked: one.join()
        code, said = answers["show_cast"]
        assert code == 0 and "@mau.example" in said, said
        code, said = answers["nonsense"]
        assert code == 1 and "Unknown command" in said, said
        code, said = commands.run(["migrate", "--skip-checks"], env)
        assert code == 1 and "OperationalError" in said, said
        assert not commands.running
        """,
        VAR_DIR=str(tmp_path),
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_runs_is_ended_with_its_supervisor(tmp_path):
    done = supervised(
        """
        def end():
            while not commands.running: time.sleep(0.05)
            time.sleep(0.5)
            commands.stop()
        threading.Thread(target=end).start()
        code, said = commands.run(["shell", "-c", "import time; time.sleep(60)"], env)
        assert code < 0, (code, said)
        """,
        VAR_DIR=str(tmp_path),
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_application_that_does_not_load_says_why(tmp_path):
    done = supervised(
        """
        code, said = commands.run(["check"], env)
        assert code == 1 and "No module named 'nowhere'" in said, (code, said)
        """,
        VAR_DIR=str(tmp_path),
        DJANGO_SETTINGS_MODULE="nowhere.settings",
    )
    assert (done.returncode, done.stderr) == (0, "")
