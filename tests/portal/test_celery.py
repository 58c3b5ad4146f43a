"""Tasks are sent on commit only, by known names only, those of one transaction together; a broker that is away costs nothing;
a failing task neither stops nor repeats its neighbours; the timetable names real tasks."""

import os
import subprocess
import sys

import pytest
from celery.exceptions import NotRegistered, SoftTimeLimitExceeded
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django_celery_beat.models import PeriodicTask

from portal.celery import TOGETHER, app, enqueue, pause, run_together, schedule
from tests.house.source import ROOT

DELIVER, PRINT, SCAN = "integrations.tasks.deliver_due", "dossiers.tasks.print_form", "vault.tasks.scan_file"
TOGETHER_NAME = "portal.celery.run_together"


@pytest.fixture(autouse=True)
def asked_again():
    """A broker that failed in one test is not left alone in the next."""
    pause.end()
    yield
    pause.end()


@pytest.fixture
def sent(monkeypatch):
    calls = []
    monkeypatch.setattr(app.tasks[DELIVER], "apply_async", lambda **words: calls.append(words))
    return calls


@pytest.fixture
def commits(django_db_setup, django_db_blocker):
    """Transactions that really end, in tests that write no row and so leave nothing to empty."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def messages(monkeypatch):
    """What leaves for the broker, as (task, words)."""
    left = []
    for name in (DELIVER, PRINT, SCAN, TOGETHER_NAME):
        monkeypatch.setattr(
            app.tasks[name], "apply_async", lambda name=name, **options: left.append((name, options["kwargs"]))
        )
    return left


@pytest.fixture
def ran(monkeypatch):
    """What ran, as (task, words); `ran.fault[name]` is raised by the task of that name."""

    class Ran(list):
        fault = {}

    done = Ran()

    def run(name, words):
        done.append((name, words))
        if name in done.fault:
            raise done.fault[name]

    for name in (DELIVER, PRINT, SCAN):
        monkeypatch.setattr(app.tasks[name], "run", lambda name=name, **words: run(name, words))
    done.fault = {}
    return done


@pytest.mark.usefixtures("commits")
def test_enqueue_sends_after_commit_and_not_before(sent):
    with transaction.atomic():
        enqueue("integrations.tasks.deliver_due", id=7)
        assert sent == []
    assert sent == [{"kwargs": {"id": 7}}]


@pytest.mark.usefixtures("commits")
def test_enqueue_forgets_the_task_of_a_rolled_back_transaction(sent):
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue("integrations.tasks.deliver_due")
        raise RuntimeError
    assert sent == []


@pytest.mark.usefixtures("commits")
def test_tasks_of_one_transaction_leave_as_one_message(messages):
    with transaction.atomic():
        enqueue(PRINT, printed_form_id=5)
        with transaction.atomic():
            enqueue(DELIVER)
        enqueue(DELIVER)
        assert messages == []
    assert messages == [(TOGETHER_NAME, {"calls": [(PRINT, {"printed_form_id": 5}), (DELIVER, {})]})]
    enqueue(DELIVER)
    assert messages[1:] == [(DELIVER, {})]


@pytest.mark.usefixtures("commits")
def test_tasks_of_two_transactions_do_not_mix(messages):
    for number in (1, 2):
        with transaction.atomic():
            enqueue(PRINT, printed_form_id=number)
    assert messages == [(PRINT, {"printed_form_id": 1}), (PRINT, {"printed_form_id": 2})]


@pytest.mark.usefixtures("commits")
@pytest.mark.parametrize("late", [False, True], ids=["nothing after it", "others after it"])
def test_a_savepoint_rolled_back_takes_its_tasks_along(messages, late):
    with transaction.atomic():
        enqueue(PRINT, printed_form_id=1)
        with pytest.raises(RuntimeError), transaction.atomic():
            enqueue(SCAN, file_id="lost")
            with transaction.atomic():
                enqueue(PRINT, printed_form_id=2)
            raise RuntimeError
        if late:
            enqueue(DELIVER)
    kept = [(PRINT, {"printed_form_id": 1}), (DELIVER, {})]
    assert messages == ([(TOGETHER_NAME, {"calls": kept})] if late else kept[:1])


@pytest.mark.usefixtures("commits")
def test_a_hook_that_fails_keeps_nothing_back_that_was_sent_before(messages):
    def fail():
        raise RuntimeError

    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue(PRINT, printed_form_id=1)
        enqueue(DELIVER)
        transaction.on_commit(fail)
    assert messages == [(TOGETHER_NAME, {"calls": [(PRINT, {"printed_form_id": 1}), (DELIVER, {})]})]
    with transaction.atomic():
        enqueue(DELIVER)
    assert messages[1:] == [(DELIVER, {})]


@pytest.mark.usefixtures("commits")
def test_a_crowd_of_tasks_goes_in_messages_that_end_in_time(messages):
    with transaction.atomic():
        for number in range(2 * TOGETHER + 1):
            enqueue(PRINT, printed_form_id=number)
    assert [len(words.get("calls", [1])) for _name, words in messages] == [TOGETHER, TOGETHER, 1]


@pytest.mark.usefixtures("commits")
def test_run_at_once_they_run_after_the_commit(ran):
    with transaction.atomic():
        enqueue(PRINT, printed_form_id=1)
        enqueue(DELIVER)
        assert ran == []
    assert ran == [(PRINT, {"printed_form_id": 1}), (DELIVER, {})]


def calls():
    """As they come out of the broker."""
    return [[PRINT, {"printed_form_id": 1}], [SCAN, {"file_id": "x"}], [DELIVER, {}]]


@pytest.mark.django_db
def test_one_that_fails_goes_on_alone_and_the_others_ran_once(ran, messages):
    ran.fault = {SCAN: ValueError("broken")}
    run_together(calls())
    assert [name for name, _words in ran] == [PRINT, SCAN, DELIVER]
    assert messages == [(SCAN, {"file_id": "x"})]


@pytest.mark.django_db
def test_alone_it_keeps_its_own_retries(messages):
    close = app.tasks["reporting.tasks.close_months"]
    left = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reporting.tasks.to_close", _busy)
        patch.setattr(close, "apply_async", lambda **options: left.append(options))
        run_together([[close.name, {}], [DELIVER, {}]])
    assert left == [{"kwargs": {}}]  # sent as new: its countdown and number of tries begin with its own message


def _busy():
    from portal.errors import BusyError

    raise BusyError


@pytest.mark.django_db
def test_when_time_runs_short_the_rest_goes_on_alone(ran, messages):
    ran.fault = {SCAN: SoftTimeLimitExceeded()}
    run_together(calls())
    assert [name for name, _words in ran] == [PRINT, SCAN]
    assert messages == [(SCAN, {"file_id": "x"}), (DELIVER, {})]


@pytest.mark.django_db
def test_what_another_worker_serves_is_left_to_it(ran, messages, monkeypatch):
    monkeypatch.setitem(app.conf.maps[0], "task_always_eager", False)
    served = {queue: app.amqp.queues[queue] for queue in ("default", "notify")}
    monkeypatch.setattr(app.amqp.queues, "_consume_from", served)
    run_together(calls())
    assert ran == [(DELIVER, {})]
    assert messages == [(PRINT, {"printed_form_id": 1}), (SCAN, {"file_id": "x"})]


@pytest.mark.django_db
def test_an_unknown_name_of_another_version_stops_nobody(ran, messages):
    run_together([["dossiers.tasks.of_tomorrow", {}], [DELIVER, {}]])
    assert ran == [(DELIVER, {})]
    assert messages == []


@pytest.mark.django_db
def test_enqueue_refuses_an_unknown_name_at_once():
    with pytest.raises(NotRegistered):
        enqueue("dossiers.tasks.no_such_task")


@pytest.mark.usefixtures("commits")
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
    served = {"default", "paper", "scan", "notify", "kpi", "export"}
    assert {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {
        settings.CELERY_TASK_DEFAULT_QUEUE
    } == served
    assert "QUEUES:-default,paper,scan,notify,kpi,export" in (ROOT / "bin" / "serve").read_text()


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
