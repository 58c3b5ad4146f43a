"""The Celery app and `enqueue`, the only way to send a task: on commit, ids only, unknown names refused at once."""

import os
from typing import Any

import structlog
from celery import Celery
from django.db import transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("motcua")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

log = structlog.get_logger(__name__)


def enqueue(task_name: str, **ids: int | str | None) -> None:
    """Send a task when the running transaction commits.

    Raises celery.exceptions.NotRegistered for an unknown name, here and not in the worker. A broker that is
    away costs nothing: what must happen is a row, and a sweep finds rows that nobody has served.
    """
    task = app.tasks[task_name]

    def send() -> None:
        try:
            task.apply_async(kwargs=ids)
        except (OSError, task.OperationalError) as error:
            log.warning("task.not_sent", task=task_name, error=type(error).__name__)

    transaction.on_commit(send)


def schedule() -> dict[str, Any]:
    """The beat table; `setup_beat` writes it into the database scheduler."""
    return {
        "deliver messages": {"task": "integrations.tasks.deliver_due", "every": 15},
        "prune exchange log": {"task": "integrations.tasks.prune_log", "crontab": "30 2 * * *"},
        "move promises": {"task": "dossiers.tasks.move_promises", "every": 60},
        "print missing papers": {"task": "dossiers.tasks.print_missing_papers", "every": 60},
        "seal the ledger": {"task": "dossiers.tasks.seal", "crontab": "50 * * * *"},
        "scan waiting files": {"task": "vault.tasks.scan_waiting", "every": 60},
        "remove orphan uploads": {"task": "vault.tasks.remove_orphans", "crontab": "0 3 * * *"},
        "facts of dossiers": {"task": "reporting.tasks.serve_dirty_dossiers", "every": 10},
        "figures of changed months": {"task": "reporting.tasks.compute_dirty_months", "crontab": "5 * * * *"},
        "close last month": {"task": "reporting.tasks.close_previous_month", "crontab": "30 0 1 * *"},
    }
