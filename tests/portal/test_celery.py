"""Tasks are sent on commit only, by known names only; a broker that is away costs nothing; the timetable names real tasks."""

import os
import subprocess
import sys

import pytest
from celery.exceptions import NotRegistered
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django_celery_beat.models import PeriodicTask

from portal.celery import app, enqueue, schedule
from tests.house.source import ROOT


@pytest.fixture
def sent(monkeypatch):
    calls = []
    monkeypatch.setattr(app.tasks["integrations.tasks.deliver_due"], "apply_async", lambda **words: calls.append(words))
    return calls


@pytest.mark.django_db(transaction=True)
def test_enqueue_sends_after_commit_and_not_before(sent):
    with transaction.atomic():
        enqueue("integrations.tasks.deliver_due", id=7)
        assert sent == []
    assert sent == [{"kwargs": {"id": 7}}]


@pytest.mark.django_db(transaction=True)
def test_enqueue_forgets_the_task_of_a_rolled_back_transaction(sent):
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue("integrations.tasks.deliver_due")
        raise RuntimeError
    assert sent == []


@pytest.mark.django_db
def test_enqueue_refuses_an_unknown_name_at_once():
    with pytest.raises(NotRegistered):
        enqueue("dossiers.tasks.no_such_task")


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_reaches_nobody(monkeypatch):
    task = app.tasks["integrations.tasks.deliver_due"]

    def away(**_words):
        raise task.OperationalError("no broker")

    monkeypatch.setattr(task, "apply_async", away)
    enqueue("integrations.tasks.deliver_due")


@pytest.mark.slow
def test_a_fresh_web_process_knows_the_tasks():
    code = "import django; django.setup(); from portal.celery import app; print('integrations.tasks.deliver_due' in app.tasks)"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings_test"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "True"


def test_timetable_names_tasks_that_exist():
    assert {entry["task"] for entry in schedule().values()} - set(app.tasks) == set()


def test_late_acknowledgement_survives_a_killed_child():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    options = app.conf.broker_transport_options
    assert settings.CELERY_TASK_TIME_LIMIT < options["visibility_timeout"] <= settings.CELERY_TASK_TIME_LIMIT + 120
    assert options["unacked_restore_interval"] * options["unacked_restore_throttle"] <= 10


def test_each_queue_of_the_routes_is_served_by_default():
    served = {"default", "paper", "scan", "notify", "kpi"}
    assert {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {
        settings.CELERY_TASK_DEFAULT_QUEUE
    } == served
    assert "QUEUES:-default,paper,scan,notify,kpi" in (ROOT / "bin" / "serve").read_text()


@pytest.mark.django_db
def test_setup_beat_writes_the_timetable_once(capsys):
    call_command("setup_beat")
    first = list(
        PeriodicTask.objects.order_by("name").values("name", "task", "interval__every", "crontab__hour", "date_changed")
    )
    assert {row["name"] for row in first} == set(schedule())
    call_command("setup_beat")
    assert (
        list(
            PeriodicTask.objects.order_by("name").values(
                "name", "task", "interval__every", "crontab__hour", "date_changed"
            )
        )
        == first
    )
    assert "0 written, 0 removed" in capsys.readouterr().out


@pytest.mark.django_db
def test_setup_beat_keeps_switched_off_rows_off_and_removes_its_own_leftovers():
    call_command("setup_beat")
    PeriodicTask.objects.filter(name="deliver messages").update(enabled=False, task="old.name")
    PeriodicTask.objects.filter(name="scan waiting files").update(name="an entry of last year")
    theirs = PeriodicTask.objects.create(
        name="the authority's own", task="x", interval=PeriodicTask.objects.first().interval or _interval()
    )
    call_command("setup_beat")
    row = PeriodicTask.objects.get(name="deliver messages")
    assert (row.enabled, row.task) == (False, "integrations.tasks.deliver_due")
    assert not PeriodicTask.objects.filter(name="an entry of last year").exists()
    assert PeriodicTask.objects.filter(pk=theirs.pk).exists()


def _interval():
    from django_celery_beat.models import IntervalSchedule

    return IntervalSchedule.objects.get_or_create(every=5, period=IntervalSchedule.SECONDS)[0]
