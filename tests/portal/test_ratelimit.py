"""Rate limits: fixed window, 429 with Retry-After, forgiving cache, addresses that clients cannot invent."""

import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory

from portal.ratelimit import client_address, parse_rate, rate_limited, wait_for

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def _empty():
    cache.clear()


@rate_limited("thu", "2/m")
def view(request):
    return HttpResponse("ok")


def get(view=view, **meta):
    return view(RequestFactory().get("/", **meta))


def test_third_request_in_a_window_is_refused_and_says_when_to_return():
    with time_machine.travel("2026-10-05 08:00:20+07:00", tick=False):
        assert [get().status_code for _ in range(3)] == [200, 200, 429]
        response = get()
        assert response["Retry-After"] == "40"
        assert "quá nhiều lần" in response.content.decode()


def test_next_window_starts_afresh():
    with time_machine.travel("2026-10-05 08:00:59+07:00", tick=False) as clock:
        assert [get().status_code for _ in range(3)][-1] == 429
        clock.shift(2)
        assert get().status_code == 200


def test_addresses_have_their_own_counters():
    with time_machine.travel("2026-10-05 08:00:00+07:00", tick=False):
        for _ in range(3):
            get(REMOTE_ADDR="203.0.113.1")
        assert get(REMOTE_ADDR="203.0.113.2").status_code == 200


def test_other_methods_are_not_counted():
    limited = rate_limited("thu-post", "1/h", methods=("POST",))(lambda request: HttpResponse())
    assert [get(limited).status_code for _ in range(3)] == [200] * 3


def test_named_subject_is_counted_and_stands_nowhere_in_clear(monkeypatch):
    keys = []
    add = cache.add
    monkeypatch.setattr(cache, "add", lambda key, *rest: keys.append(key) or add(key, *rest))
    with time_machine.travel("2026-10-05 08:00:00+07:00", tick=False):
        assert [wait_for("tra-cuu", "0903123456", "1/10m") for _ in range(2)] == [0, 600]
    assert not any("0903123456" in key for key in keys)


def test_key_that_expired_meanwhile_lets_through(monkeypatch):
    def gone(key):
        raise ValueError

    monkeypatch.setattr(cache, "incr", gone)
    assert wait_for("x", "y", "1/m") == 0


@pytest.mark.parametrize(
    ("rate", "read"), [("30/m", (30, 60)), ("5/10m", (5, 600)), ("1/2h", (1, 7200)), ("9/d", (9, 86400))]
)
def test_rates(rate, read):
    assert parse_rate(rate) == read


@pytest.mark.parametrize("rate", ["30", "m/30", "30/x", "", "-1/m"])
def test_malformed_rate_is_refused_when_the_view_is_made(rate):
    with pytest.raises(ValueError):
        rate_limited("x", rate)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "203.0.113.9"),
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "khong-phai-dia-chi", "khong-phai-dia-chi"),
    ],
)
def test_client_address(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address
