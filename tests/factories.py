"""Smallest valid objects; traits name situations. Grown by the tests that need them."""

import json
from datetime import date

import factory
from django.contrib.auth.hashers import make_password

from accounts.enums import PartyKind, Role, UnitKind
from accounts.models import Calendar, Membership, OrgUnit, Party, User
from portal.sealing import blind_index, seal, unseal
from portal.text import fold, name_sort_key, sort_key
from procedures.enums import RevisionState, ServiceLevel, StepKind, StepPlace
from procedures.models import (
    FeeRule,
    Field,
    LimitRule,
    OnlineOffering,
    Procedure,
    RequiredPaper,
    Revision,
    RouteStep,
)

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


class StaffFactory(UserFactory):
    """An account whose personal number is known, as every member of staff's is."""

    identity_sealed = factory.Sequence(lambda n: seal(f"0770{n % 90 + 10}{n:06d}"))
    identity_index = factory.LazyAttribute(lambda user: blind_index(unseal(user.identity_sealed)))


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(StaffFactory)
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


class FieldFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Field
        django_get_or_create = ("code",)

    code = "G15-TP07"
    name = "Hộ tịch"
    sort_name = factory.LazyAttribute(lambda field: sort_key(field.name))


class ProcedureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Procedure

    code = factory.Sequence(lambda n: f"9.{n:06d}")
    name = factory.Sequence(lambda n: f"Thủ tục thử {n}")
    field = factory.SubFactory(FieldFactory)


class RevisionFactory(factory.django.DjangoModelFactory):
    """A revision in force with the usual seven-step route of 24 hours and a limit of 3 working days.

    `parts__route`: another route, rows like those of ROUTE, each perhaps with a dict of further columns.
    """

    class Meta:
        model = Revision
        skip_postgeneration_save = True

    procedure = factory.SubFactory(ProcedureFactory)
    number = 1
    valid_from = date(2020, 1, 1)
    name = factory.LazyAttribute(lambda revision: revision.procedure.name)
    results = factory.LazyFunction(lambda: [{"code": "KQ.G15.000038", "name": "Giấy xác nhận thử"}])
    form_spec = factory.LazyFunction(lambda: json.loads(json.dumps(SPEC)))

    @factory.post_generation
    def parts(self, create, extracted, **kwargs):
        if not create:
            return
        for position, (kind, role, place, hours, *more) in enumerate(kwargs.get("route", ROUTE), start=1):
            said = {"name": kind.label, **(more[0] if more else {})}
            RouteStep.objects.create(
                revision=self, position=position, kind=kind, role=role, place=place, hours=hours, **said
            )
        LimitRule.objects.create(revision=self, value=3, unit="working_day", text="3 ngày làm việc")
        FeeRule.objects.create(revision=self, name="Lệ phí", amount=8000)
        RequiredPaper.objects.create(
            revision=self, code="TP1", name="Giấy tờ chứng minh", is_required=True, originals=1
        )
        if extracted is not False:
            Revision.objects.filter(pk=self.pk).update(state=RevisionState.PUBLISHED)
            self.state = RevisionState.PUBLISHED


class OfferingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OnlineOffering

    procedure = factory.SubFactory(ProcedureFactory)
    unit = factory.SubFactory(UnitFactory)
    level = ServiceLevel.FULL
    valid_from = date(2020, 1, 1)


ROUTE = [
    (StepKind.INTAKE, Role.RECEPTIONIST, StepPlace.DESK, 2),
    (StepKind.ASSIGN, Role.UNIT_HEAD, StepPlace.DEPARTMENT, 1),
    (StepKind.APPRAISE, Role.OFFICER, StepPlace.DEPARTMENT, 13),
    (StepKind.REVIEW, Role.UNIT_HEAD, StepPlace.DEPARTMENT, 3),
    (StepKind.SIGN, Role.SIGNER, StepPlace.AUTHORITY, 3),
    (StepKind.STAMP, Role.CLERK, StepPlace.AUTHORITY, 1),
    (StepKind.RETURN, Role.RETURNER, StepPlace.DESK, 1),
]
SPEC = {
    "version": 1,
    "owner": {"kind": "person", "name": "ho_ten", "identity": "so_dinh_danh", "birth_date": "ngay_sinh"},
    "steps": [
        {
            "key": "nguoi_yeu_cau",
            "title": "Người yêu cầu",
            "fields": [
                {"key": "ho_ten", "label": "Họ, chữ đệm, tên", "kind": "name", "required": True},
                {"key": "ngay_sinh", "label": "Ngày sinh", "kind": "date", "required": True},
                {
                    "key": "so_dinh_danh",
                    "label": "Số định danh cá nhân",
                    "kind": "identity",
                    "required": True,
                    "party": {"name": "ho_ten", "birth_date": "ngay_sinh"},
                },
                {"key": "muc_dich", "label": "Mục đích sử dụng", "kind": "text", "required": False},
            ],
        }
    ],
}
