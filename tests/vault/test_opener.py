"""Children that hang, starve or fall over, as real processes: the file is told to be too heavy, the next one meets a fresh child."""

import errno
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal.errors import LimitError, UserError
from tests.vault import bad_parsers, samples
from vault import opening
from vault.opener import process
from vault.opener.findings import Job, NotTakenError, WhyNot
from vault.opener.process import MEGABYTE, Bounds, NoOpenerError, Opener

pytestmark = [pytest.mark.unit, pytest.mark.slow]

COMMAND = (sys.executable, bad_parsers.__file__)
TIGHT = {Job.PDF: Bounds(256 * MEGABYTE, seconds=0.5, patience=3)}


@pytest.fixture
def opener():
    """Children whose readers misbehave, with little time."""
    made = Opener(COMMAND, TIGHT)
    yield made
    made.close()


def asked(opener, what):
    """The id of the child that answered."""
    return int(opener.open(Job.PDF, what.encode(), max_size=0).content)


def refused(opener, what):
    with pytest.raises(NotTakenError) as caught:
        opener.open(Job.PDF, what.encode(), max_size=0)
    return caught.value


def is_running(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_child_stays_warm(opener):
    assert asked(opener, "một") == asked(opener, "hai") != os.getpid()


@pytest.mark.parametrize("fault", ["hang", "sleep", "eat", "eat_and_fall", "crash", "leave", "boast"])
def test_a_reader_that_fails_loses_the_file_not_the_portal(opener, fault):
    first = asked(opener, "một")
    begun = time.monotonic()
    assert refused(opener, fault).reason == WhyNot.TOO_HEAVY
    assert time.monotonic() - begun < 30  # a busy machine takes its time to start a child
    assert not is_running(first)
    second = asked(opener, "hai")
    assert second != first
    assert is_running(second)


def test_a_hungry_reader_never_holds_more_than_its_memory(opener):
    """What it is given runs out, not the machine's: the bound is of the whole process."""
    limited = Opener(COMMAND, {Job.PDF: Bounds(256 * MEGABYTE)})
    assert refused(limited, "eat").reason == WhyNot.TOO_HEAVY
    limited.close()
    wide = Opener(COMMAND, {Job.PDF: Bounds(4_000 * MEGABYTE)})
    assert asked(wide, "eat")  # the same hunger with room
    wide.close()


def test_a_child_is_made_ready_once(opener):
    opener.make_ready()
    opener.make_ready()
    assert len(opener._idle) == 1
    (child,) = opener._idle
    assert asked(opener, "một") == child._process.pid


def test_a_child_killed_while_it_waits_costs_no_file(opener):
    first = asked(opener, "một")
    os.kill(first, 9)
    assert asked(opener, "hai") != first


@pytest.mark.parametrize("what", ["call", "read", "close_and_read"])
def test_a_reader_reaches_neither_network_nor_files(opener, what):
    assert refused(opener, what).facts == {"number": errno.EMFILE}


def test_a_kind_that_no_reader_knows_is_not_believed(opener):
    with pytest.raises(NoOpenerError):
        asked(opener, "lie")


def test_a_child_finishes_its_file_when_the_service_is_asked_to_stop(opener):
    """A manager of services tells every process of one at once: the file in hand must not be called too heavy for it."""
    first = asked(opener, "một")
    os.kill(first, signal.SIGTERM)
    assert asked(opener, "hai") == first


def test_a_child_knows_no_key_and_no_address(opener, monkeypatch):
    monkeypatch.setenv("FILE_KEYS", "secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    names = set(str(refused(opener, "environment").facts["names"]).split(","))
    assert names <= {"LC_CTYPE", *process.ENVIRONMENT}


def test_what_a_library_prints_is_no_answer(opener):
    assert asked(opener, "talk") == asked(opener, "một")


def test_a_reader_that_stumbles_calls_the_file_broken_and_stays(opener):
    first = asked(opener, "một")
    assert refused(opener, "stumble").reason == WhyNot.BROKEN
    assert refused(opener, "refuse").reason == WhyNot.CUT
    assert asked(opener, "hai") == first


def test_many_at_once_share_two_children_and_a_hanging_one_holds_nobody(opener):
    def run(what):
        try:
            return asked(opener, what)
        except NotTakenError as error:
            return error.reason

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(run, ["một", "hang", "hai", "crash", "ba", "bốn"]))
    assert [found[1], found[3]] == [WhyNot.TOO_HEAVY] * 2
    assert all(isinstance(found[place], int) for place in (0, 2, 4, 5))


def test_a_child_ends_with_its_portal():
    """The portal's process is killed: the pipe closes, and the child that waited on it goes."""
    program = (
        "from vault.opener.process import Opener; from vault.opener.findings import Job; import os, signal;"
        f"found = Opener(({COMMAND[0]!r}, {COMMAND[1]!r})).open(Job.PDF, b'a', max_size=0);"
        "print(found.content.decode(), flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    root = Path(process.__file__).resolve().parent.parent.parent
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, check=False)
    number = int(done.stdout)
    for _try in range(100):
        if not is_running(number):
            break
        time.sleep(0.1)
    assert not is_running(number)


def test_a_child_that_cannot_start_is_no_fault_of_the_file(monkeypatch):
    for command in (("/khong/co",), (sys.executable, "-c", "raise SystemExit(3)")):
        broken = Opener(command, TIGHT)
        with pytest.raises(NoOpenerError):
            broken.open(Job.PDF, b"a", max_size=0)
        monkeypatch.setattr(opening, "OPENER", broken)
        with pytest.raises(LimitError, match="chưa mở kiểm tra được"):
            samples.opened("a.pdf", samples.PDF)
        broken.close()


def test_the_file_is_told_to_be_too_heavy(monkeypatch):
    """The true readers with no time at all: any file is too heavy then."""
    hasty = Opener(bounds={Job.PDF: Bounds(256 * MEGABYTE, seconds=0.000_001)})
    monkeypatch.setattr(opening, "OPENER", hasty)
    with pytest.raises(UserError, match="giới hạn an toàn"):
        samples.opened("a.pdf", samples.pdf(pages=900))
    hasty.close()


def test_limits_are_what_the_handbook_says():
    said = (process.ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    small, large = process.BOUNDS[Job.PDF], process.BOUNDS[Job.PICTURE]
    assert small == process.BOUNDS[Job.OFFICE]
    assert f"{small.seconds} seconds of processor time ({small.patience} by the clock)" in said
    assert f"{small.memory // MEGABYTE} MB for a PDF or an Office file, {large.memory // MEGABYTE} MB while" in said
