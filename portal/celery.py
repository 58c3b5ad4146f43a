"""The Celery app and `enqueue`, the only way to send a task: on commit, ids only, unknown names refused at once.

What one transaction asks for travels as one message: sending costs more than most of the statements of an act.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

import structlog
from celery import Celery
from celery.exceptions import NotRegistered, SoftTimeLimitExceeded
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections, transaction
from kombu.exceptions import OperationalError

from portal.pause import Pause

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("motcua")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

log = structlog.get_logger(__name__)

Call = tuple[str, Mapping[str, int | str | None]]
pause = Pause(5)  # a broker that hangs costs one request its time-out; meanwhile the sweeps serve the rows
TOGETHER = 10  # calls in one message: the longest message must end within the time limit of a task
_leaving: ContextVar[list[Call] | None] = ContextVar("leaving", default=None)
_left: ContextVar[bool] = ContextVar("left_to_sweeps", default=False)


def enqueue(task_name: str, **ids: int | str | None) -> None:
    """Send a task when the running transaction commits, with what else it asked for; at once outside of one.

    Raises celery.exceptions.NotRegistered for an unknown name, here and not in the worker. A broker that is
    away costs nothing: what must happen is a row, and a sweep finds rows that nobody has served.
    """
    name = app.tasks[task_name].name
    if not _left.get():
        transaction.on_commit(partial(_leave, (name, ids)))


@contextmanager
def left_to_sweeps() -> Iterator[None]:
    """Send nothing meanwhile: the demo's loader leaves its many rows to the sweeps, which find what nobody has served.

    Raises ImproperlyConfigured outside demo mode.
    """
    if not settings.DEMO:
        raise ImproperlyConfigured("Tasks are left to the sweeps by the loader of the demo city alone (DEMO=1).")
    token = _left.set(True)
    try:
        yield
    finally:
        _left.reset(token)


@contextmanager
def one_message() -> Iterator[None]:
    """Let what is sent meanwhile leave together at the end. Entered by the database connection around a commit's hooks."""
    calls: list[Call] = []
    token = _leaving.set(calls)
    try:
        yield
    finally:
        _leaving.reset(token)
        for start in range(0, len(calls), TOGETHER):
            _send_together(calls[start : start + TOGETHER])


def _leave(call: Call) -> None:
    """A hook of the commit: take a place in its message. The same call twice needs one place."""
    calls = _leaving.get()
    if calls is None:
        _send(call)
    elif call not in calls:
        calls.append(call)


def _send_together(calls: list[Call]) -> None:
    _send(calls[0] if len(calls) == 1 else (run_together.name, {"calls": calls}))


def _send(call: tuple[str, Mapping[str, Any]]) -> None:
    name, words = call
    if pause.is_on():
        log.warning("task.not_sent", task=name, error="Pause")
        return
    try:
        app.tasks[name].apply_async(kwargs=dict(words))
    except NotRegistered:
        log.warning("task.not_sent", task=name, error="NotRegistered")
    except (OSError, OperationalError) as error:
        pause.begin()
        log.warning("task.not_sent", task=name, error=type(error).__name__)


@app.task(name="portal.celery.run_together")
def run_together(calls: list[Call]) -> None:
    """Run the tasks of one message in turn.

    One that fails goes on as a message of its own, where its own retries hold, and so does one whose queue
    this worker does not serve, and all that are left when time runs short. Nothing is run again for the others' sake.
    """
    apart: list[Call] = []
    for place, call in enumerate(calls):
        try:
            done = _is_served_here(call[0]) and _run(call)
        except SoftTimeLimitExceeded:
            apart += calls[place:]
            break
        if not done:
            apart.append(call)
    for call in apart:
        _send(call)


def _run(call: Call) -> bool:
    name, ids = call
    try:
        app.tasks[name](**ids)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, the other tasks must run; alone it fails aloud
        log.warning("task.failed_together", task=name, error=type(error).__name__)
        close_old_connections()
        return False
    return True


def _is_served_here(name: str) -> bool:
    """Whether the task's queue is among this worker's (`bin/serve worker`, QUEUES)."""
    return app.conf.task_always_eager or app.amqp.router.route({}, name)["queue"].name in app.amqp.queues.consume_from


def schedule() -> dict[str, Any]:
    """The beat table; `setup_beat` writes it into the database scheduler."""
    return {
        "deliver messages": {"task": "integrations.tasks.deliver_due", "every": 15},
        "prune exchange log": {"task": "integrations.tasks.prune_log", "crontab": "30 2 * * *"},
        "follow closed units": {"task": "dossiers.tasks.follow_closed_units", "every": 60},
        "move ended work": {"task": "dossiers.tasks.move_ended_work", "every": 60},
        "move promises": {"task": "dossiers.tasks.move_promises", "every": 60},
        "expire supplements": {"task": "dossiers.tasks.expire_supplements", "crontab": "10 7-18 * * *"},
        "remind of supplements": {"task": "dossiers.tasks.remind_of_supplements", "crontab": "40 7-18 * * *"},
        "remind of payments": {"task": "dossiers.tasks.remind_of_payments", "crontab": "50 7-18 * * *"},
        "agree to silent checks": {"task": "dossiers.tasks.agree_to_silent_checks", "crontab": "10 7-18 * * *"},
        "remind of checks": {"task": "dossiers.tasks.remind_of_checks", "crontab": "30 7-18 * * *"},
        "tell of late intake": {"task": "dossiers.tasks.tell_of_late_intake", "every": 600},
        "warn of clocks": {"task": "dossiers.tasks.warn_of_clocks", "every": 600},
        "take up failed messages": {"task": "dossiers.tasks.take_up_failed_messages", "every": 300},
        "close silent consultations": {"task": "dossiers.tasks.close_silent_consultations", "every": 300},
        "remind of consultations": {"task": "dossiers.tasks.remind_of_consultations", "crontab": "20 7-18 * * *"},
        "print missing papers": {"task": "dossiers.tasks.print_missing_papers", "every": 60},
        "make missing draft files": {"task": "dossiers.tasks.make_missing_draft_files", "every": 60},
        "print ordered sheets": {"task": "dossiers.tasks.make_sheets", "every": 60},
        "remove printed sheets": {"task": "dossiers.tasks.sweep_sheets", "crontab": "50 3 * * *"},
        "seal the ledger": {"task": "dossiers.tasks.seal", "crontab": "50 * * * *"},
        "scan waiting files": {"task": "vault.tasks.scan_waiting", "every": 60},
        "draw waiting pages": {"task": "vault.tasks.draw_waiting", "every": 60},
        "remove orphan uploads": {"task": "vault.tasks.remove_orphans", "crontab": "0 3 * * *"},
        "facts of dossiers": {"task": "reporting.tasks.serve_dirty_dossiers", "every": 10},
        "figures of changed months": {"task": "reporting.tasks.compute_dirty_months", "crontab": "5 * * * *"},
        "compare figures": {"task": "reporting.tasks.check_figures", "crontab": "20 2 * * *"},
        "write ordered lists": {"task": "reporting.tasks.make_exports", "every": 60},
        "publish open data": {"task": "reporting.tasks.publish_open_data", "crontab": "45 * * * *"},
        "remove written lists": {"task": "reporting.tasks.sweep_exports", "crontab": "40 3 * * *"},
        "close months": {"task": "reporting.tasks.close_months", "crontab": "30 * * * *"},
        "papers of closed months": {"task": "reporting.tasks.make_month_papers", "every": 600},
    }
