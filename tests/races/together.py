"""Things that happen at once: on connections of one process, or in processes of their own that can be killed."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from portal.errors import UserError
from tests.house.source import ROOT
from tests.upgrades.tools import address

PATIENCE = 60
BEGIN = """
import os, sys, time, django
django.setup()
from pathlib import Path
from django.conf import settings
settings.PRIVATE_ROOT = Path(os.environ["FILES"])
def here_and_wait():
    print("here", flush=True)
    time.sleep(600)
"""


def at_once(*acts):
    """Run acts on connections of their own that start together; gives what each returned, or its UserError, in their order."""
    barrier, found = threading.Barrier(len(acts)), {}

    def run(place, act):
        try:
            barrier.wait(timeout=PATIENCE)
            found[place] = act()
        except UserError as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(found) == len(acts), "one of them died of something else than a UserError, or waits for ever"
    return [found[place] for place in range(len(acts))]


def told(found):
    """The refusals among what happened."""
    return [one for one in found if isinstance(one, UserError)]


def process(code, *arguments):
    """A process of its own that runs `code` on the database and the files of the test."""
    params = connection.get_connection_params()
    known = {key: params[key] for key in ("host", "port", "user", "password", "dbname") if params.get(key)}
    env = {
        **os.environ,
        "DATABASE_URL": address(make_conninfo(**known), known["dbname"]),
        "FILES": str(settings.PRIVATE_ROOT),
        "DJANGO_SETTINGS_MODULE": "portal.settings_test",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "VAR_DIR": str(settings.VAR_DIR),
    }
    command = [sys.executable, "-W", "ignore", "-c", BEGIN + code, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def killed_in(code, *arguments):
    """Run `code` until it says that it is there (`here_and_wait()`), and kill it as a machine does: without a word."""
    with _running(code, *arguments) as child:
        said = child.stdout.readline()
        assert said == "here\n", child.stderr.read()[-4000:]
        child.send_signal(signal.SIGKILL)
        assert child.wait(PATIENCE) == -signal.SIGKILL


@contextmanager
def _running(code, *arguments):
    child = process(code, *arguments)
    try:
        yield child
    finally:
        child.kill()
        child.communicate()
