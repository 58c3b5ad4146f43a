"""Redis gone must not reach a page: reads miss, writes are dropped, counters let people through."""

import pytest
from django.core.cache import caches

pytestmark = pytest.mark.unit


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
