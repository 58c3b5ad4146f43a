"""Rate limits in the shared cache: a fixed window per subject, answered with a 429 page that says when to come back.

Views wear `rate_limited`; code that knows a better subject than the address asks `wait_for`. With the cache away
everybody is let through: a limit must not become an outage.
"""

import hashlib
import ipaddress
import re
import time
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from portal.views import too_many

log = structlog.get_logger(__name__)
View = Callable[..., HttpResponse]
Subject = Callable[[HttpRequest], str]
_RATE = re.compile(r"(\d+)/(\d*)([smhd])")
UNCOUNTED = 60  # seconds to wait where a use must be counted and cannot be
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def rate_limited(
    name: str, rate: str, *, subject: Subject | None = None, methods: Collection[str] = ()
) -> Callable[[View], View]:
    """Let a subject (its address when none is named) use a view `rate` times, such as `30/m` or `5/10m`, then answer 429.

    `methods`: count only these; all when empty. `name` separates the counters of different views.
    """
    parse_rate(rate)

    def decorate(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if methods and request.method not in methods:
                return view(request, *args, **kwargs)
            wait = wait_for(name, (subject or client_address)(request), rate)
            if wait:
                log.warning("rate.limited", limit=name)
                return too_many(request, wait=wait)
            return view(request, *args, **kwargs)

        return limited

    return decorate


def wait_for(name: str, subject: str, rate: str) -> int:
    """Count one use; 0 when it is within the rate, else the seconds until the window ends."""
    amount, _seconds = parse_rate(rate)
    used, left = _count(name, subject, rate)
    return left if used > amount else 0


def wait_for_certain(name: str, subject: str, rate: str) -> int:
    """The same where nobody may pass uncounted: with the cache away the answer is a minute to wait."""
    amount, _seconds = parse_rate(rate)
    used, left = _count(name, subject, rate)
    if used > amount:
        return left
    return 0 if cache.get(_key(name, subject, rate)) else UNCOUNTED


def give_back(name: str, subject: str, rate: str) -> None:
    """Uncount one use: what was counted before it was known to be harmless."""
    try:
        cache.incr(_key(name, subject, rate), -1)
    except ValueError:  # its window is over
        return


def _count(name: str, subject: str, rate: str) -> tuple[int, int]:
    """Count one use; gives how many there were in this window and how many seconds it still lasts."""
    _amount, seconds = parse_rate(rate)
    now = int(time.time())
    key = _key(name, subject, rate)
    cache.add(key, 0, seconds + 1)
    left = (now // seconds + 1) * seconds - now
    try:
        return cache.incr(key), left
    except ValueError:  # it expired between the two lines
        return 0, left


def _key(name: str, subject: str, rate: str) -> str:
    """Subjects may be telephone numbers or codes; only their digest goes into the cache."""
    _amount, seconds = parse_rate(rate)
    digest = hashlib.sha256(subject.encode()).hexdigest()[:24]
    return f"rate:{name}:{seconds}:{int(time.time()) // seconds}:{digest}"


def parse_rate(rate: str) -> tuple[int, int]:
    """Read `30/m` or `5/10m` as (times, seconds); ValueError when it is neither."""
    found = _RATE.fullmatch(rate)
    if found is None:
        raise ValueError(f"A rate is written like 30/m or 5/10m, not {rate!r}.")
    amount, count, unit = found.groups()
    return int(amount), int(count or 1) * _SECONDS[unit]


def client_address(request: HttpRequest) -> str:
    """The address a request comes from: the entry our own outermost proxy wrote, never one a client may invent.

    An IPv6 home has 2^64 addresses, so its network stands for it.
    """
    address: str = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if 0 < settings.TRUSTED_PROXIES <= len(hops):
        address = hops[-settings.TRUSTED_PROXIES]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False).network_address)
    return str(parsed)
