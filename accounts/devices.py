"""Browsers on which a person has signed in before, remembered by a signed cookie: wrong passwords from elsewhere do not stop them.

The cookie holds a random name of the browser and keyed digests of the last accounts, nothing that can be read. It proves
no identity and opens nothing: it only says whose tries are counted apart.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from portal.sealing import blind_index

COOKIE, SALT, PATH = "may_quen", "accounts.devices", "/tai-khoan/"
YEAR = 365 * 24 * 3600
MOST = 12  # accounts a shared machine is remembered for


def browser_of(request: HttpRequest, login: str) -> str:
    """The name of this browser when the account of `login` (telephone or address) has signed in on it; '' otherwise."""
    kept = _read(request)
    return str(kept["name"]) if _digest(login) in kept["accounts"] else ""


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Remember this browser for an account that has just signed in."""
    kept = _read(request)
    new = [_digest(login) for login in (user.phone, user.email) if login]
    accounts = [*new, *(known for known in kept["accounts"] if known not in new)][: 2 * MOST]
    response.set_cookie(
        COOKIE,
        signing.dumps({"name": kept["name"] or secrets.token_hex(8), "accounts": accounts}, salt=SALT),
        max_age=YEAR,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=YEAR)
    except signing.BadSignature:
        return {"name": "", "accounts": []}
    return dict(kept)


def _digest(login: str) -> str:
    return blind_index(f"browser:{login.lower()}")[:20]
