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
                response = too_many(request)
                response["Retry-After"] = str(wait)
                return response
            return view(request, *args, **kwargs)

        return limited

    return decorate


def wait_for(name: str, subject: str, rate: str) -> int:
    """Count one use; 0 when it is within the rate, else the seconds until the window ends."""
    amount, seconds = parse_rate(rate)
    now = int(time.time())
    window = now // seconds
    # Subjects may be telephone numbers or codes; only their digest goes into the cache.
    digest = hashlib.sha256(subject.encode()).hexdigest()[:24]
    key = f"rate:{name}:{seconds}:{window}:{digest}"
    cache.add(key, 0, seconds + 1)
    try:
        used = cache.incr(key)
    except ValueError:  # it expired between the two lines
        return 0
    return (window + 1) * seconds - now if used > amount else 0


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
