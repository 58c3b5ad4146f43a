"""Smallest valid objects; traits name situations. Grown by the tests that need them."""

from datetime import date

import factory
from django.contrib.auth.hashers import make_password

from accounts.enums import PartyKind, Role, UnitKind
from accounts.models import Calendar, Membership, OrgUnit, Party, User
from portal.text import fold, name_sort_key

WEEK = {str(day): [["07:30", "11:30"], ["13:00", "17:00"]] for day in range(1, 6)}


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    full_name = factory.Sequence(lambda n: f"Người Thử {n}")
    email = factory.Sequence(lambda n: f"nguoi{n}@example.test")
    password = factory.LazyFunction(lambda: make_password("mat-khau-thu-nghiem"))


class UnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OrgUnit

    code = factory.Sequence(lambda n: f"don-vi-{n}")
    authority_code = factory.Sequence(lambda n: f"H29.{900 + n}")
    is_sample_code = True
    name = factory.Sequence(lambda n: f"UBND phường Thử {n}")
    kind = UnitKind.WARD
    valid_from = date(2020, 1, 1)


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    unit = factory.SubFactory(UnitFactory)
    role = Role.RECEPTIONIST
    valid_from = date(2020, 1, 1)


class CalendarFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Calendar

    name = "Lịch chung"
    weekly = factory.LazyFunction(lambda: dict(WEEK))
    cutoff = "15:00"


class PartyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Party

    kind = PartyKind.PERSON
    full_name = factory.Sequence(lambda n: f"Trần Thị Mẫu {n}")
    search_name = factory.LazyAttribute(lambda party: fold(party.full_name))
    sort_name = factory.LazyAttribute(lambda party: name_sort_key(party.full_name))
