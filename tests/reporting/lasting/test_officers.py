"""Who finished dossiers, counted by hand; names for their head alone; who left stays; few are not judged."""

# ruff: noqa: F811  fixtures are named like what they are imported as

from types import SimpleNamespace

import pytest

from accounts.enums import Role, UnitKind
from accounts.models import Membership
from dossiers.enums import EventCode, State
from portal.clock import Month
from reporting.snapshot import compute_month
from tests.factories import MembershipFactory, UnitFactory
from tests.reporting.events import act, moment
from tests.reporting.lasting.pages import LIST, assert_numbers_are_lists, lead, table
from tests.reporting.test_views import rows_of, sign_in  # noqa: F401

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
SEPTEMBER = Month(2022, 9)
PAGE = "/so-lieu/can-bo/?thang=2022-09"
OWN = "/so-lieu/cua-toi/?thang=2022-09"


def settled(number, place, officer, day, asked=0):
    """Received on the 1st for the 8th, asked so often, proposed and issued on a day."""
    steps = [(EventCode.RECEIVED, State.ACCEPTED, 1), *[(EventCode.SUPPLEMENT_REQUESTED, State.SUPPLEMENT, 2)] * asked]
    steps += [(EventCode.PROPOSED, State.PROCESSING, day)] if officer else []
    for seq, (code, state, on) in enumerate([*steps, (EventCode.RESULT_ISSUED, State.DONE, day)], start=1):
        act(
            code,
            f"2022-09-{on:02} 09:00",
            dossier_id=number,
            seq=seq,
            unit=place.unit,
            department=place.office,
            proc=place.proc,
            due="2022-09-08 17:00",
            due_at=moment("2022-09-08 17:00"),
            state_to=state,
            actor_id=officer.pk if officer and code == EventCode.PROPOSED else None,
        )


@pytest.fixture
def done(city, one_transaction):
    """An: five early, four on the day, three late; two asked once, one twice. Bình: three, and left. Nobody: one. Next door: one."""
    office = UnitFactory(name="Phòng Tư pháp", kind=UnitKind.DEPARTMENT, parent=city.first, authority_code="")
    here = SimpleNamespace(unit=city.first, office=office, proc=city.birth)
    there = SimpleNamespace(unit=city.second, office=None, proc=city.birth)
    an, binh, other = (
        MembershipFactory(role=Role.OFFICER, unit=unit, user__full_name=name).user
        for name, unit in (("Lê Thị An", office), ("Trần Văn Bình", office), ("Người Bên Cạnh", city.second))
    )
    Membership.objects.filter(user=binh).update(valid_from="2020-01-01", valid_to="2022-12-31")
    asked = [0] * 9 + [1, 1, 2]
    for number, day in enumerate([6] * 5 + [8] * 4 + [10] * 3, start=1):
        settled(number, here, an, day, asked[number - 1])
    for number in (21, 22, 23):
        settled(number, here, binh, 6)
    settled(31, here, None, 6)
    settled(41, there, other, 6)
    city.run = compute_month(SEPTEMBER)
    city.office_of_justice, city.an, city.binh = office, an, binh
    return city


# finished, first promise kept, early, on the day, late, asked, points of time and of contacts, half in days
AN = ["12", "9 75,0 %", "5 41,7 %", "4 33,3 %", "3 25,0 %", "3 25,0 %", "1,2 điểm", "1,7 điểm", "7"]
FEW = ["ít hồ sơ"] * 3


def test_head_sees_the_people_of_the_unit_and_who_left_stays(done, sign_in):
    """Points of An: (5 · 2 + 4) / 12 = 1,17; (9 · 2 + 2) / 12 = 1,67."""
    client = sign_in(Role.UNIT_HEAD, done.office_of_justice)
    page = client.get(PAGE).content.decode()
    assert lead(page) == "Phòng Tư pháp: 16 hồ sơ giải quyết xong trong tháng 9/2022, trong đó 13 đúng hẹn lần đầu."
    people = table(page, "tung-nguoi")
    assert list(people) == ["Lê Thị An", "Trần Văn Bình (nay không còn thụ lý ở đây)", "Sổ không ghi người trình"]
    assert people["Lê Thị An"] == AN
    assert people["Trần Văn Bình (nay không còn thụ lý ở đây)"] == ["3", "3", "3", "0", "0", "0", *FEW]
    assert assert_numbers_are_lists(client, page) == 9
    assert "Bên Cạnh" not in page


def test_others_see_units_and_nobody_by_name(done, sign_in):
    of_an = f"/so-lieu/ho-so/2022-09/month/don-vi-{done.first.pk}/xong/?can-bo={done.an.pk}"
    client = sign_in()
    page = client.get(PAGE).content.decode()
    assert table(page, "theo-don-vi")["UBND phường 1"][:3] == ["2", "16", "13 81,3 %"]
    assert assert_numbers_are_lists(client, page) > 5
    for address in (PAGE, f"{PAGE}&pham-vi=don-vi-{done.first.pk}"):
        assert "Lê Thị An" not in client.get(address).content.decode()
    assert client.get(of_an).status_code == 404
    desk = UnitFactory(code="mot-cua-1", kind=UnitKind.DESK, parent=done.first)
    client = sign_in(Role.DESK_HEAD, desk)
    assert "Lê Thị An" not in client.get(PAGE).content.decode()
    assert client.get(of_an).status_code == 404
    client = sign_in(Role.SIGNER, done.first)
    assert table(client.get(PAGE).content.decode(), "tung-nguoi")["Lê Thị An"] == AN
    assert rows_of(client, of_an) == (12, 12)
    assert client.get(of_an.replace(f"don-vi-{done.first.pk}", f"don-vi-{done.second.pk}")).status_code == 404


def test_officer_sees_own_figures_and_lists_alone(done, client):
    client.force_login(done.an)
    session = client.session
    session["demo_person"] = True
    session.save()
    page = client.get(OWN).content.decode()
    assert lead(page).startswith("Lê Thị An: 12 hồ sơ giải quyết xong trong tháng 9/2022, trong đó 9 đúng hẹn")
    assert table(page, "cua-toi") == {"Của tôi": AN, "Cả đơn vị: Phòng Tư pháp": ["ít hơn 3 người"] * 9}
    assert table(page, "theo-thu-tuc")[done.birth.name] == AN
    own = [
        (url, int(shown)) for url, shown in LIST.findall(page.replace("/so-lieu/cua-toi/2022", "/so-lieu/ho-so/2022"))
    ]
    assert len(own) == 12
    for url, shown in own:
        assert rows_of(client, url.replace("/ho-so/", "/cua-toi/").replace("&amp;", "&")) == (shown, shown)
    assert "Trần Văn Bình" not in page
    assert client.get(PAGE).status_code == 403


def test_unit_of_three_is_told_beside_ones_own(done, client, django_assert_max_num_queries):
    here = SimpleNamespace(unit=done.first, office=done.office_of_justice, proc=done.birth)
    settled(51, here, MembershipFactory(role=Role.OFFICER, unit=done.office_of_justice).user, 10)
    compute_month(SEPTEMBER)
    client.force_login(done.an)
    session = client.session
    session["demo_person"] = True
    session.save()
    with django_assert_max_num_queries(8):
        page = client.get(OWN).content.decode()
    assert table(page, "cua-toi")["Cả đơn vị: Phòng Tư pháp"][:2] == ["17", "13 76,5 %"]


@pytest.mark.parametrize("role", [Role.HOME_AFFAIRS, Role.UNIT_HEAD])
def test_page_costs_eight_queries(done, sign_in, django_assert_max_num_queries, role):
    client = sign_in(role, done.office_of_justice)
    with django_assert_max_num_queries(8):
        assert client.get(PAGE).status_code == 200
