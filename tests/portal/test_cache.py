"""Redis gone must not reach a page: reads miss, writes are dropped, counters let people through."""

import socket
import time

import pytest
from django.conf import settings as of_the_house
from django.core.cache import caches
from django.utils.module_loading import import_string

from portal import cache as forgiving
from portal import celery

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def asked_again():
    """No pause is left from, or to, another test."""
    forgiving.pause.end()
    yield
    forgiving.pause.end()


@pytest.fixture
def hung():
    """A server that accepts and never answers; gives its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield listener.getsockname()[1]


def test_a_server_that_hangs_costs_one_short_wait(hung):
    real = import_string("portal.settings.CACHES")["default"]
    address = f"redis://127.0.0.1:{hung}/0"
    cache = forgiving.ForgivingRedisCache(address, {"OPTIONS": real["OPTIONS"]})
    began = time.monotonic()
    assert cache.get("key", "fallback") == "fallback"
    assert time.monotonic() - began < 2
    began = time.monotonic()
    assert cache.add("key", 0) is True
    assert cache.incr("key") == 1
    assert time.monotonic() - began < 0.2


def test_it_is_asked_again_after_the_pause(hung, monkeypatch):
    monkeypatch.setattr(forgiving.pause, "seconds", 0)
    cache = forgiving.ForgivingRedisCache(f"redis://127.0.0.1:{hung}/0", {"OPTIONS": {"socket_timeout": 0.2}})
    began = time.monotonic()
    cache.get("key")
    cache.get("key")
    assert time.monotonic() - began >= 0.4


@pytest.mark.filterwarnings("ignore::celery.exceptions.AlwaysEagerIgnored")
def test_a_broker_that_hangs_holds_no_request_for_long(hung, monkeypatch):
    monkeypatch.setattr(celery, "pause", celery.Pause(5))
    app = celery.app
    with app.connection_for_write(f"redis://127.0.0.1:{hung}/0") as link:
        assert (
            link.transport_options["socket_timeout"] == of_the_house.CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"]
        )
        task = app.tasks["integrations.tasks.deliver_due"]
        monkeypatch.setattr(task, "apply_async", lambda **words: app.send_task(task.name, connection=link, **words))
        began = time.monotonic()
        celery._send((task.name, {}))
        first = time.monotonic() - began
        celery._send((task.name, {}))
    assert first < 7
    assert time.monotonic() - began - first < 0.2


@pytest.fixture
def dead(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "portal.cache.ForgivingRedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    return caches["default"]


def test_reads_miss_when_redis_is_gone(dead):
    assert dead.get("key", "fallback") == "fallback"
    assert dead.get_many(["a", "b"]) == {}
    assert dead.has_key("key") is False
    assert dead.get_or_set("key", "computed") == "computed"


def test_writes_are_dropped_when_redis_is_gone(dead):
    dead.set("key", 1)
    dead.set_many({"key": 1})
    assert dead.touch("key") is False
    assert dead.delete("key") is False
    dead.delete_many(["key"])
    dead.clear()


def test_guards_let_people_through_when_redis_is_gone(dead):
    assert dead.add("key", 1) is True
    assert dead.incr("key") == 1
