"""A closed month: whole, signed, verified from its file alone, and the same whatever is changed afterwards."""

import base64
import html
import json
import re
import threading
from datetime import date, datetime
from io import StringIO
from random import Random

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import OrgUnit
from dossiers.enums import EventCode
from portal.clock import VIETNAM, Month
from portal.signing import signer
from procedures.models import OnlineOffering, Procedure
from reporting import closed_months, facts, snapshot, tasks
from reporting.enums import Light
from reporting.models import (
    ClosedFact,
    ClosedField,
    ClosedProcedure,
    ClosedService,
    ClosedTarget,
    ClosedUnit,
    ClosedVerdict,
    FactDossier,
    Run,
    Snapshot,
    Target,
)
from reporting.month_file import MonthFault, check, digest_of, line
from reporting.snapshot import FrozenError, compute_month, freeze_month
from tests.factories import UserFactory
from tests.reporting.conftest import build_city
from tests.reporting.events import act, dossier, offer, procedure
from tests.reporting.test_snapshot import figure, golden
from tests.reporting.test_views import BOARD, LIST, sign_in, target, text_of  # noqa: F401

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
SEPTEMBER = Month(2022, 9)
LOOKED_AT = 8
SAMPLE = 12
TOKEN = re.compile(r'<input type="hidden" name="csrfmiddlewaretoken"[^>]*>')  # another one on every page
CORRECTIONS = re.compile(r"<h2>Thay đổi sau khi chốt</h2>.*?</table></div>", re.DOTALL)
KEPT = [ClosedUnit, ClosedProcedure, ClosedField, ClosedService, ClosedTarget, ClosedVerdict]


@pytest.fixture
def closed(city, one_transaction):
    golden(city)
    target(city.wards, "0.70")
    target(city.wards, "0.90", "2022-10-31")
    target(None, "0.60", indicator="services_used")
    city.run = freeze_month(SEPTEMBER)
    return city


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────


def test_closing_copies_what_screens_need(closed):
    run = closed.run
    assert (run.version, run.has_copies, len(run.digest)) == (1, True, 64)
    assert ClosedUnit.objects.filter(run=run).count() == OrgUnit.objects.count()
    assert list(ClosedTarget.objects.filter(run=run).values_list("value", flat=True)) == list(
        Target.objects.order_by("month_end", "pk").values_list("value", flat=True)
    )
    verdicts = {
        (row.indicator, row.scope_kind, row.scope_id): (row.verdict, row.is_inherited)
        for row in ClosedVerdict.objects.filter(run=run)
    }
    assert verdicts["online_share_all", "group", closed.wards.pk] == (Light.MISSED, False)
    assert verdicts["online_share_all", "unit", closed.second.pk][1] is True
    offered = ClosedService.objects.filter(run=run, unit_id=closed.first.pk)
    assert {row.procedure_id for row in offered} == {closed.birth.pk, closed.marriage.pk, closed.copy.pk}


def test_a_limit_that_is_passed_is_kept_as_missed(city, one_transaction):
    golden(city)
    target(city.wards, "0.10", indicator="open_overdue")
    run = freeze_month(SEPTEMBER)
    verdict = ClosedVerdict.objects.get(run=run, indicator="open_overdue", scope_id=city.wards.pk)
    assert (verdict.numerator, verdict.denominator, verdict.verdict) == (1, 2, Light.MISSED)


@pytest.mark.parametrize("change", ["update", "delete", "truncate", "add"])
@pytest.mark.parametrize("model", [*KEPT, Run, Snapshot, ClosedFact])
def test_database_refuses_to_change_closed_rows(closed, model, change):
    if model is ClosedFact:
        act(
            EventCode.RETURNED,
            "2022-10-02 09:00",
            dossier_id=_some_dossier(),
            seq=9,
            unit=closed.first,
            proc=closed.birth,
        )
        facts.drain()
    row = model.objects.first()
    assert row is not None
    if change == "add" and model in {Run, ClosedFact}:
        pytest.skip("another run is another count; facts of a closed month are kept when they change")
    with pytest.raises(DatabaseError), transaction.atomic():
        if change == "update":
            model.objects.filter(pk=row.pk).update(**{"digest": "0"} if model is Run else {"run_id": row.run_id})
        elif change == "delete":
            model.objects.filter(pk=row.pk).delete()
        elif change == "truncate":
            with connection.cursor() as cursor:
                cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")
        else:
            row.pk = None
            row.save()


def _some_dossier():
    return FactDossier.objects.order_by("pk").values_list("pk", flat=True)[0]


# ── nothing changes it ───────────────────────────────────────────────────────────────────────────


def screens(client, city):
    """Boards of the month and lists behind their numbers, as many as time allows, without what tells of today."""
    shown = [f"{BOARD}&chi-so={one}" for one in ("online_share_all", "services_used", "on_time_first")]
    shown += [f"/so-lieu/don-vi/{unit.pk}/?thang=2022-09" for unit in (city.first, city.second, city.office)]
    seen, lists = {}, set()
    for address in shown:
        page = client.get(address)
        seen[address] = _bare(page)
        lists |= {html.unescape(found) for found, *_rest in LIST.findall(page.content.decode())}
    lists = sorted(url for url in lists if "ban=moi" not in url)
    assert len(lists) > SAMPLE
    services = [url for url in lists if "services_used" in url]
    for url in Random(7).sample(lists, SAMPLE) + Random(7).sample(services, 4):
        seen[url] = _bare(client.get(url))
    return seen


def _bare(page):
    """The page's main part; corrections stand beside the closed figures and are told apart."""
    assert page.status_code == 200
    text = page.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", TOKEN.sub("", CORRECTIONS.sub("", text)))


def later_changes(city, luck):
    """What people do to a city after its month was closed, one after another in any order."""

    def corrected():
        dossier(city.first, city.birth, "2022-09-20 09:00", online=True)

    def goes_on():
        for pk in FactDossier.objects.order_by("pk").values_list("pk", flat=True):
            act(EventCode.RETURNED, "2022-10-03 09:00", dossier_id=pk, seq=8, unit=city.second, proc=city.birth)

    changes = [
        lambda: target(city.wards, "0.10", "2022-08-31"),
        lambda: target(None, "0.99"),
        lambda: OrgUnit.objects.filter(pk=city.first.pk).update(name="UBND phường Đổi Tên", short_name="Đổi"),
        lambda: OrgUnit.objects.filter(pk=city.second.pk).update(group=city.offices, sort_order=1),
        lambda: OrgUnit.objects.filter(pk=city.office.pk).update(valid_to=date(2022, 9, 1)),
        lambda: OrgUnit.objects.filter(pk=city.wards.pk).update(name="Khối khác", sort_order=99),
        lambda: OnlineOffering.objects.filter(unit=city.first, valid_from__lte="2022-01-31").update(
            valid_to=date(2022, 1, 31)
        ),
        lambda: offer(procedure(), city.first, since="2022-03-01"),
        lambda: Procedure.objects.filter(pk=city.birth.pk).update(retired_on=date(2022, 2, 1), name="Tên khác"),
        lambda: Procedure.objects.filter(pk=city.marriage.pk).update(is_internal=True),
        corrected,
        goes_on,
    ]
    luck.shuffle(changes)
    return changes


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_later_change_touches_a_closed_month(closed, sign_in, seed):  # noqa: F811
    """After each change some of the pages, drawn anew; after the last one all of them."""
    client, luck = sign_in(), Random(seed)
    before = screens(client, closed)
    exported = closed_months.export(closed.run)
    changes = later_changes(closed, luck)
    for number, change in enumerate(changes, start=1):
        change()
        facts.drain()
        compute_month(SEPTEMBER)
        for url in before if number == len(changes) else luck.sample(sorted(before), LOOKED_AT):
            assert _bare(client.get(url)) == before[url], url
    assert closed_months.export(Run.objects.get(pk=closed.run.pk)) == exported
    assert closed_months.is_untouched(closed.run)


def test_an_act_of_the_last_moment_counts_and_the_next_one_does_not(city, one_transaction):
    dossier(city.first, city.birth, "2022-09-30 23:59:59.999", online=True)
    dossier(city.first, city.birth, "2022-10-01 00:00:00", online=True)
    run = freeze_month(SEPTEMBER)
    assert figure(run, "online_share_all", "month", city.first) == (1, 1)


# ── closed again ─────────────────────────────────────────────────────────────────────────────────


def test_a_month_closed_again_by_a_decision_has_two_versions(closed):
    with pytest.raises(FrozenError):
        freeze_month(SEPTEMBER)
    dossier(closed.first, closed.birth, "2022-09-20 09:00", online=True)
    by = UserFactory()
    again = freeze_month(SEPTEMBER, by=by, decision="12/QĐ-UBND ngày 10/10/2022")
    first = Run.objects.get(pk=closed.run.pk)
    assert (first.version, again.version, again.closed_by) == (1, 2, by)
    assert figure(first, "online_share_all", "month", closed.first) == (1, 4)
    assert figure(again, "online_share_all", "month", closed.first) == (2, 5)
    assert closed_months.is_untouched(first)
    assert closed_months.is_untouched(again)
    dossier(closed.first, closed.birth, "2022-09-21 09:00", online=True)
    facts.drain()
    assert closed_months.is_untouched(first)
    assert closed_months.is_untouched(again)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_closes_at_once_close_once():
    city = build_city()
    dossier(city.first, city.birth, "2022-09-05 09:00", online=True)
    told = []

    def close():
        try:
            told.append(freeze_month(SEPTEMBER).version)
        except FrozenError:
            told.append("frozen")
        finally:
            connection.close()

    threads = [threading.Thread(target=close) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, told)) == ["1", "frozen", "frozen"]
    assert Run.objects.filter(frozen_at__isnull=False).count() == 1


@pytest.mark.parametrize("phase", ["keep", "seal"])
def test_a_worker_killed_between_the_phases_leaves_nothing_half(city, one_transaction, monkeypatch, phase):
    golden(city)
    compute_month(SEPTEMBER)

    def killed(_run):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(snapshot.closed_months, phase, killed)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            freeze_month(SEPTEMBER)
    assert not Run.objects.filter(frozen_at__isnull=False).exists()
    assert not any(model.objects.exists() for model in KEPT)
    assert freeze_month(SEPTEMBER).version == 1


@time_machine.travel(datetime(2022, 9, 30, 23, 30, tzinfo=VIETNAM), tick=False)
def test_a_clock_set_back_into_the_month_closes_nothing(city, one_transaction):
    with pytest.raises(snapshot.FutureMonthError):
        freeze_month(SEPTEMBER)


def test_a_correction_a_year_later_stands_beside(closed):
    with time_machine.travel(datetime(2023, 10, 6, 9, 0, tzinfo=VIETNAM), tick=False):
        dossier(closed.first, closed.birth, "2022-09-20 09:00", online=True)
        live = compute_month(SEPTEMBER)
    assert figure(closed.run, "online_share_all", "month", closed.first) == (1, 4)
    assert figure(live, "online_share_all", "month", closed.first) == (2, 5)
    assert closed_months.is_untouched(closed.run)


def test_corrections_open_the_dossiers_that_make_the_difference(closed, sign_in):  # noqa: F811
    late = dossier(closed.first, closed.birth, "2022-09-20 09:00", online=True)
    act(EventCode.RETURNED, "2022-10-02 09:00", dossier_id=_some_dossier(), seq=9, unit=closed.first, proc=closed.birth)
    compute_month(SEPTEMBER)
    client = sign_in()
    board = client.get(BOARD).content.decode()
    url = f"/so-lieu/thay-doi/2022-09/online_share_all/month/don-vi-{closed.first.pk}/tu-so/"
    assert url in board
    told = text_of(client.get(url))
    assert f"#{late} thêm vào" in told
    assert "1 hồ sơ làm số tính lại khác" in told
    assert client.get(url.replace("2022-09", "2022-08")).status_code == 404


# ── the file ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def file(closed, tmp_path):
    path, key = tmp_path / "thang.jsonl", tmp_path / "khoa.pem"
    call_command("export_month", "2022-09", "--out", path, "--key-out", key, stdout=StringIO())
    return path, key


def verify(path, key, *options):
    out = StringIO()
    call_command("verify_month", path, *(["--key", key] if key else []), *options, stdout=out)
    return out.getvalue()


def test_a_file_is_verified_without_the_database(file, django_db_blocker):
    with django_db_blocker.block():
        told = verify(*file, "--month", "2022-09")
    assert "Hợp lệ" in told
    assert "khóa thử" in told  # a demo's key says that it is one
    text = file[0].read_text(encoding="utf-8")
    assert '["target","online_share_all","cumulative","group"' in text
    assert all(json.loads(line) for line in text.splitlines())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('["figure","total",', '["figure","total" ,'),
        ('"0.7000"', '"0.5000"'),
        ('"missed"', '"reached"'),
        ('["version",1]', '["version",2]'),
        ('["month","2022-09"]', '["month","2022-08"]'),
    ],
)
def test_an_altered_file_is_told(file, old, new):
    path, key = file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CommandError, match="đã bị sửa"):
        verify(path, key)


def test_a_file_with_a_digest_of_its_own_does_not_fit_the_signature(file):
    path, key = file
    lines = path.read_text(encoding="utf-8").replace('"0.7000"', '"0.5000"').split("\n")
    lines[-3] = line("digest", "sha256", digest_of(lines[:-3]))
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CommandError, match="Chữ ký không đúng"):
        verify(path, key)


def test_other_keys_other_months_and_other_files_are_told(file, tmp_path):
    path, key = file
    stranger = tmp_path / "la.pem"
    public = Ed25519PrivateKey.generate().public_key()
    stranger.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(CommandError, match="khóa khác"):
        verify(path, stranger)
    with pytest.raises(CommandError, match="khóa khác"):
        verify(path, None)
    with pytest.raises(CommandError, match="tháng khác"):
        verify(path, key, "--month", "2022-08")
    with pytest.raises(CommandError, match="không phải là khóa"):
        verify(path, path)
    content = path.read_bytes()
    for wrong in (
        b"",
        b"[]",
        content[: len(content) // 2],
        content + b"x",
        b"\xff\xfe",
        content.replace(b"mot-cua", b"khac"),
    ):
        sealed, faults = check(wrong, signer().public_pem())
        assert faults == [MonthFault.NO_FILE], wrong[:20]
        assert sealed is None


def test_a_key_of_the_authority_signs_behind_the_same_protocol(city, one_transaction, settings):
    settings.SIGNING_KEY = base64.b64encode(b"k" * 32).decode()
    golden(city)
    run = freeze_month(SEPTEMBER)
    assert (signer().is_demo, run.signer) == (False, settings.AUTHORITY_NAME)
    assert check(closed_months.export(run).encode(), signer().public_pem())[1] == []


def test_without_a_key_a_month_is_closed_unsigned_and_says_so(city, one_transaction, settings):
    settings.DEMO = False
    golden(city)
    run = freeze_month(SEPTEMBER)
    assert check(closed_months.export(run).encode(), None)[1] == [MonthFault.UNSIGNED]


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


@time_machine.travel(datetime(2022, 10, 2, 9, 0, tzinfo=VIETNAM), tick=False)
def test_home_affairs_closes_and_closes_again_by_a_decision(city, one_transaction, sign_in):  # noqa: F811
    golden(city)
    facts.drain()
    client = sign_in()
    assert "Chốt tháng 9/2022" in text_of(client.get("/so-lieu/chot/")).replace("09/2022", "9/2022")
    order = "/so-lieu/chot/yeu-cau/"
    for data, told in (
        ({}, "Chưa chọn tháng"),
        ({"month": "2022-10"}, "lần lượt"),
        ({"month": "2022-08"}, "lần lượt"),
    ):
        assert told in text_of(client.post(order, data, follow=True))
    client.post(order, {"month": "2022-09"})
    with time_machine.travel(datetime(2022, 10, 2, 9, 5, tzinfo=VIETNAM), tick=False):
        tasks.close_months()
    assert Run.objects.get(frozen_at__isnull=False, month="2022-09-01").closed_by is not None
    assert "phải ghi số, ngày văn bản" in text_of(client.post(order, {"month": "2022-09"}, follow=True))
    long = client.post(order, {"month": "2022-09", "decision": "x" * 201}, follow=True)
    assert "x" * 201 in long.content.decode()
    with time_machine.travel(datetime(2022, 10, 2, 9, 10, tzinfo=VIETNAM), tick=False):
        for _twice in range(2):
            client.post(order, {"month": "2022-09", "decision": "12/QĐ-UBND"})
    with time_machine.travel(datetime(2022, 10, 2, 9, 20, tzinfo=VIETNAM), tick=False):
        tasks.close_months()
    closed = Run.objects.filter(frozen_at__isnull=False, month="2022-09-01").order_by("version")
    assert [row.version for row in closed] == [1, 2]
    assert "đã chốt lần 2" in text_of(client.get(BOARD))
    page = text_of(client.get("/so-lieu/chot/"))
    assert "12/QĐ-UBND" in page
    assert "khóa thử" in page
    key = client.get("/so-lieu/chot/khoa/").content
    for row in closed:
        sealed, faults = check(client.get(f"/so-lieu/chot/{row.pk}/tep/").content, key)
        assert (sealed.version, faults) == (row.version, [])
