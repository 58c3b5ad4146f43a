"""Settings: the database address is read right, and a production environment gets its security lines."""

import json
import os
import subprocess
import sys
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

from portal.settings import database, prepared
from tests.house.source import ROOT

pytestmark = pytest.mark.unit
PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "IDENTITY_KEYS": "first-secret-0123456789-abcdefgh,second-secret-0123456789-abcdefgh",
    "IDENTITY_INDEX_KEY": "third-secret-0123456789-abcdefgh",
    "SEAL_KEYS": "fourth-secret-0123456789-abcdefgh",
    "FILE_KEYS": "fifth-secret-0123456789-abcdefgh",
    "PUBLIC_URL": "https://dvc.example.vn",
    "ALLOWED_HOSTS": "dvc.example.vn",
    "CLAMD": "clamav:3310",
    "SMTP_HOST": "smtp.example.vn",
    "SMS_GATEWAY_URL": "https://sms.example.vn",
    "BEHIND_PROXY": "1",
    "TRUSTED_PROXIES": "1",
    "DATABASE_URL": "postgresql://u:p@127.0.0.1:1/db",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def _run(code: str, **changes: str):
    env = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        [sys.executable, "-W", "ignore", *code.split()]
        if code.startswith("manage.py")
        else [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env={**env, "DJANGO_SETTINGS_MODULE": "portal.settings", **PRODUCTION, **changes},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_database_address_is_read_whole():
    found = database("postgresql://us%40er:p%3Aw@db.example:5433/mot%20cua")
    assert (found["USER"], found["NAME"], found["HOST"], found["PORT"]) == ("us@er", "mot cua", "db.example", "5433")
    assert found["CONN_HEALTH_CHECKS"]
    assert found["OPTIONS"]["pool"]["max_size"] >= 4
    assert found["OPTIONS"]["pool"]["reconnect_timeout"] < found["OPTIONS"]["pool"]["timeout"]


def test_database_address_may_name_a_socket_folder():
    found = database("postgresql://postgres:@/postgres?host=/var/run/pg")
    assert (found["HOST"], found["NAME"]) == ("/var/run/pg", "postgres")


def test_prepared_statements_are_off_unless_asked_for():
    assert prepared(on=False) == {}
    assert prepared(on=True)["prepare_threshold"]


A_CHANNEL = "integrations.W_"  # a further channel may warn until a locality has its gateway


@pytest.mark.slow
def test_a_complete_production_environment_passes_the_deploy_checks():
    code = (
        "import django; django.setup(); from django.core.checks import run_checks, Tags;"
        "print(*(found.id for found in run_checks(include_deployment_checks=True) if found.level >= 30 and not found.is_silenced()))"
    )
    done = _run(code)
    assert done.returncode == 0, done.stderr
    found = set(done.stdout.split()) - {"accounts.W001"}  # there is no database here
    found = {word for word in found if not word.startswith(A_CHANNEL) or word == f"{A_CHANNEL}sms"}
    assert found == set(), done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "change", "word"),
    [
        ("web", {"DEMO": "1"}, "portal.E001"),
        ("web", {"SECRET_KEY": "", "IDENTITY_KEYS": "first"}, "portal.E003"),
        ("worker", {"CLAMD": ""}, "portal.E004"),
        ("beat", {"PUBLIC_URL": "http://dvc.example.vn"}, "portal.E005"),
        ("web", {"DATABASE_URL": ""}, "portal.E012"),
        ("web", {"BEHIND_PROXY": ""}, "portal.E013"),
        ("web", {"SMS_GATEWAY_URL": ""}, "integrations.E_sms"),
        ("migrate", {"DEBUG": "1", "ALLOWED_HOSTS": "*"}, "portal.E011"),
    ],
)
def test_an_unsafe_production_does_not_start(command, change, word):
    env = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    done = subprocess.run(
        [str(ROOT / "bin" / "serve"), command],
        cwd=ROOT,
        env={**env, **PRODUCTION, "PYTHONWARNINGS": "ignore", "PORT": "1", **change},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert word in done.stderr


@pytest.mark.slow
def test_an_authority_without_a_gateway_may_say_that_it_calls():
    done = _run("manage.py check --deploy --fail-level ERROR", SMS_GATEWAY_URL="", CALLS_INSTEAD_OF_SMS="1")
    assert (done.returncode, "integrations.W_sms" in done.stderr) == (0, True), done.stderr


@pytest.mark.slow
def test_secure_lines_follow_the_public_address():
    code = (
        "from portal import settings as s; import json;"
        "print(json.dumps([s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0, s.DEBUG, s.DEMO]))"
    )
    assert json.loads(_run(code).stdout) == [True, True, True, True, False, False]


def test_no_third_party_may_be_asked():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert not any("http" in str(value) or "unsafe" in str(value) for values in directives.values() for value in values)
    assert [str(value) for value in directives["default-src"]] == ["'self'"]


def test_sessions_do_not_depend_on_redis():
    assert issubclass(import_module(settings.SESSION_ENGINE).SessionStore, DatabaseSessions)


def test_no_request_opens_a_transaction_by_itself():
    assert not settings.DATABASES["default"].get("ATOMIC_REQUESTS")
