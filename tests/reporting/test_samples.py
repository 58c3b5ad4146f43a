"""The monthly sample: who is in its reach, that anybody draws the same, and what checkers say."""

import random
import re

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.enums import Role
from accounts.models import LookUp
from dossiers.enums import EventCode, State
from reporting.follow_up import samples
from reporting.follow_up.services import checking, opening
from reporting.models import IntegrityCase, IntegrityMark, IntegritySample
from reporting.snapshot import freeze_month
from tests.factories import MembershipFactory
from tests.reporting.events import act, dossier, moment
from tests.reporting.follow_up.conftest import october  # noqa: F401  a fixture
from tests.reporting.follow_up.typing_in import OVERVIEW, enter
from tests.reporting.test_views import FRAME, SEPTEMBER, text_of

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
DUE, LATER = "2022-09-08 17:00", "2022-09-15 17:00"


def flattered(unit, proc, number, finished="2022-09-14 09:00"):
    """On time on the 14th only because a request for more moved the promise from the 8th to the 15th."""
    shared = {"dossier_id": 70_000 + number, "unit": unit, "proc": proc, "due": DUE}
    first, moved = moment(DUE), moment(LATER)
    act(EventCode.RECEIVED, "2022-09-05 09:00", seq=1, due_at=first, **shared)
    asked = {**shared, "state_to": State.SUPPLEMENT}
    act(EventCode.SUPPLEMENT_REQUESTED, "2022-09-06 09:00", seq=2, due_at=first, **asked)
    answered = {**shared, "state_to": State.PROCESSING}
    act(
        EventCode.SUPPLEMENT_ANSWERED,
        "2022-09-12 09:00",
        seq=3,
        due_at=moved,
        actor_id=shared["dossier_id"],
        **answered,
    )
    act(EventCode.RESULT_ISSUED, finished, seq=4, due_at=moved, **shared)
    return shared["dossier_id"]


@pytest.fixture
def checked(city, october, one_transaction):  # noqa: F811
    city.ids = [flattered(city.first, city.birth, number) for number in range(7)]
    flattered(city.second, city.birth, 20, finished="2022-09-07 09:00")  # not later than the first promise
    flattered(city.second, city.birth, 21, finished="2022-09-16 09:00")  # later than any
    dossier(city.second, city.birth, "2022-09-05 09:00", finished="2022-09-07 09:00")
    city.home = MembershipFactory(role=Role.HOME_AFFAIRS, unit=city.wards).user
    city.head = MembershipFactory(role=Role.SIGNER, unit=city.first).user
    city.other = MembershipFactory(role=Role.SIGNER, unit=city.second).user
    city.run = freeze_month(SEPTEMBER)
    assert opening.open_month(run_id=city.run.pk)
    return city


def test_only_dossiers_that_a_moved_promise_made_punctual_are_drawn_and_anybody_draws_the_same(checked):
    sample = IntegritySample.objects.get()
    assert (sample.unit, sample.population, sample.seed) == (checked.first, 7, checked.run.digest)
    drawn = [case.dossier_id for case in sample.cases.all()]
    assert len(drawn) == samples.SIZE
    assert set(drawn) < set(checked.ids)
    shuffled = random.Random(3).sample(checked.ids, 7)
    assert samples.drawn(sample.seed, shuffled) == drawn
    assert samples.drawn("another seed", checked.ids) != drawn
    assert sample.cases.first().codes == ["supplement_requested", "supplement_answered"]


def test_a_month_is_drawn_once_and_nothing_of_it_changes(checked):
    again = freeze_month(SEPTEMBER, by=checked.home, decision="12/QĐ-UBND")
    assert opening.open_month(run_id=again.pk)
    assert IntegritySample.objects.count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        IntegrityCase.objects.update(dossier_id=1)


def test_number_opens_its_dossiers_as_the_closed_month_knows_them(checked, client):
    sample = IntegritySample.objects.get()
    flattered(checked.first, checked.birth, 8)  # told after the closing
    enter(client, checked.home)
    assert f"{OVERVIEW}mau/{sample.pk}/thuoc-dien/" in client.get(f"{OVERVIEW}mau/").content.decode()
    page = client.get(f"{OVERVIEW}mau/{sample.pk}/thuoc-dien/").content.decode()
    assert '<strong class="figure">7</strong>' in page
    assert len(re.findall(r'<th scope="row" class="code">', page)) == sample.population
    assert page.count("được rút") == samples.SIZE
    assert LookUp.objects.filter(reader=checked.home).exists()


def test_checker_says_so_with_a_reason_and_the_result_is_counted(checked, client):
    enter(client, checked.home)
    first, second = IntegrityCase.objects.order_by("place")[:2]
    address = reverse("reporting:sample_case", kwargs={"case_id": first.pk})
    page = text_of(client.get(address))
    assert "4. " in page
    assert client.post(address, {"verdict": "invalid", "reason": ""}).status_code == 400
    assert client.post(address, {"verdict": "", "reason": "x"}).status_code == 400
    assert client.post(address, {"verdict": "invalid", "reason": "Yêu cầu bổ sung giấy đã có."}).status_code == 302
    checking.mark(by=checked.home, case_id=second.pk, verdict="invalid", reason="Nhầm.")
    checking.mark(by=checked.home, case_id=second.pk, verdict="valid", reason="")
    said = "rút 5 hồ sơ của 1 đơn vị: 1 hợp lệ, 1 không hợp lệ, 3 chưa kiểm tra"
    assert said in text_of(client.get(f"{OVERVIEW}mau/?thang=9/2022"))
    assert IntegrityMark.objects.filter(case=second).count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        IntegrityMark.objects.update(reason="khác")


def test_nobody_judges_a_dossier_they_acted_on(checked):
    case = IntegrityCase.objects.first()
    act(
        EventCode.RETURNED,
        "2022-09-20 09:00",
        dossier_id=case.dossier_id,
        seq=5,
        unit=checked.first,
        proc=checked.birth,
        actor_id=checked.home.pk,
    )
    with pytest.raises(checking.OwnDossierError):
        checking.mark(by=checked.home, case_id=case.pk, verdict="valid", reason="")


def test_sample_costs_eight_queries_beside_the_frame(checked, client, django_assert_max_num_queries):
    enter(client, checked.head)
    client.get(f"{OVERVIEW}mau/")
    with django_assert_max_num_queries(8 + FRAME):
        assert client.get(f"{OVERVIEW}mau/").status_code == 200


def test_heads_see_their_own_units_and_mark_nothing(checked, client):
    case = IntegrityCase.objects.first()
    address = reverse("reporting:sample_case", kwargs={"case_id": case.pk})
    enter(client, checked.head)
    assert "rút 5 hồ sơ" in text_of(client.get(f"{OVERVIEW}mau/"))
    assert client.post(address, {"verdict": "valid"}).status_code == 400
    enter(client, checked.other)
    assert "Chưa tháng nào" in text_of(client.get(f"{OVERVIEW}mau/"))
    assert "không phát sinh" in text_of(client.get(f"{OVERVIEW}mau/?thang=2022-09"))
    assert client.get(address).status_code == 404
    assert client.get(f"{OVERVIEW}mau/?thang=abc").status_code == 400
