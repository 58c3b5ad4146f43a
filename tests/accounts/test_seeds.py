"""The demo city: two structures joined by successors, places, calendar, cast; loading twice changes nothing."""

from datetime import date, time

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts import seeds
from accounts.calendars import calendar_for
from accounts.enums import PartyKind, Role, UnitKind
from accounts.models import Calendar, DayOff, Membership, OrgUnit, Party, Place, PlaceChange, User
from accounts.naming import ward_choices
from accounts.queries import desk_of, filing_units
from portal.sealing import unseal

pytestmark = [pytest.mark.django_db, pytest.mark.unit]


def counts():
    return [model.objects.count() for model in (OrgUnit, Place, PlaceChange, Calendar, DayOff, User, Membership, Party)]


def test_loading_twice_changes_nothing(people):
    before = counts()
    assert seeds.load() == people
    assert counts() == before


def test_city_of_2022_has_twelve_departments_and_seventeen_wards(people):
    city = OrgUnit.objects.get(code="vung-tau-2022")
    groups = {unit.code: unit for unit in OrgUnit.objects.filter(kind=UnitKind.GROUP)}
    assert groups["vung-tau-2022-khoi-phong"].group_members.filter(kind=UnitKind.DEPARTMENT).count() == 12
    wards = groups["vung-tau-2022-khoi-xa"].group_members.filter(kind=UnitKind.WARD)
    assert wards.count() == 17
    assert all(ward.valid_to == date(2025, 6, 30) and ward.successors.count() == 1 for ward in wards)
    assert all(desk_of(ward, date(2022, 9, 1)).parent == ward for ward in wards)
    assert desk_of(city, date(2022, 9, 1)).code == "vung-tau-2022-mot-cua"


def test_today_five_units_accept_filing_and_the_old_ones_do_not(people):
    today = filing_units(date(2026, 11, 22))
    assert [unit.short_name for unit in today] == [
        "Phường Vũng Tàu",
        "Phường Tam Thắng",
        "Phường Rạch Dừa",
        "Phường Phước Thắng",
        "Xã Long Sơn",
    ]
    assert all(unit.is_sample_code and unit.group.code == "khoi-xa-2025" for unit in today)
    for unit in today:
        assert unit.children.filter(kind=UnitKind.DEPARTMENT).count() == 3
        assert desk_of(unit).parent == unit
    assert today[0].predecessors.filter(kind=UnitKind.WARD).count() == 7


def test_reused_place_codes_are_told_apart_by_date(people):
    assert list(Place.objects.filter(code="26506").values_list("name", "valid_to")) == [
        ("Phường 1", date(2025, 6, 30)),
        ("Phường Vũng Tàu", None),
    ]
    assert Place.objects.get(code="26524").became.get().new.name == "Phường Tam Thắng"


def test_calendar_knows_tet_and_the_swapped_days_of_2026(people):
    calendar = calendar_for(OrgUnit.objects.get(code="p-vung-tau-ttpvhcc"))
    assert calendar.cutoff == time(15)
    assert not calendar.is_workday(date(2026, 1, 2))
    assert calendar.is_workday(date(2026, 1, 10))
    assert not calendar.is_workday(date(2022, 9, 1))
    assert calendar.names[date(2026, 2, 17)] == "Tết Nguyên đán"


def test_unverified_days_say_so(people):
    noted = set(DayOff.objects.filter(note__startswith="CHƯA XÁC MINH").values_list("day__year", flat=True))
    assert noted == {2026, 2027}


def test_cast_has_every_role_once_in_vung_tau_and_two_helpers_next_door(people):
    assert {person.roles[0][1] for person in seeds.cast() if person.roles} == set(Role.values)
    assert {key for key in people if key.endswith("tam_thang")} == {"receptionist_tam_thang", "officer_tam_thang"}
    assert people["citizen_phone"].email is None
    assert people["citizen_email"].phone is None
    assert people["officer"].check_password(seeds.DEMO_PASSWORD)
    assert len(seeds.DEMO_PASSWORD) >= 12


def test_citizens_and_the_firm_have_their_parties(people):
    assert people["citizen_phone"].party.birth_date == "1996-03-12"
    firm = people["firm"].party
    assert (firm.kind, firm.full_name) == (PartyKind.FIRM, "Công ty TNHH Biển Xanh Mẫu")
    assert unseal(firm.identity_sealed) == "3500999995"


def test_seeding_again_keeps_local_edits(people):
    OrgUnit.objects.filter(code="p-vung-tau").update(authority_code="H29.77")
    DayOff.objects.filter(day=date(2026, 11, 24)).delete()
    seeds.load()
    assert OrgUnit.objects.get(code="p-vung-tau").authority_code == "H29.77"
    assert not DayOff.objects.filter(day=date(2026, 11, 24)).exists()


def test_every_member_of_staff_of_the_cast_has_an_invented_number_of_their_own(people):
    staff = [people[person.key] for person in seeds.cast() if person.roles]
    numbers = {unseal(user.identity_sealed) for user in staff}
    assert len(numbers) == len(staff)
    assert all(number.startswith("077") and number[6:9] == "000" for number in numbers)


def test_lists_of_wards_show_the_old_names_people_look_for(people):
    found = dict(ward_choices(date(2026, 11, 22)))
    assert len(found) == 5
    assert found["26506"].startswith("Phường Vũng Tàu (trước đây: Phường 1")
    assert all(name.count(name.split(" (")[0]) == 1 for name in found.values())  # nobody reads a name beside itself
    assert "trước đây" not in "".join(dict(ward_choices(date(2022, 9, 1))).values())


def test_nobody_with_the_published_password_is_made_outside_demo_mode(db, settings):
    settings.DEMO = False
    newcomer = seeds.Person(key="x", name="Lê Văn Mẫu", group="", email="x@mau.example")
    for make in (seeds.load, lambda: seeds.write_people([newcomer])):
        with pytest.raises(ImproperlyConfigured):
            make()
    assert not User.objects.filter(email="x@mau.example").exists()
