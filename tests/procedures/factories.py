"""Smallest valid procedures and revisions; `published` makes one that is in force."""

from datetime import date
from decimal import Decimal

import factory

from portal.text import sort_key
from procedures import services
from procedures.models import FeeRule, Field, LimitRule, Procedure, RequiredPaper, Revision


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
    name = factory.Sequence(lambda n: f"Thủ tục thử số {n}")
    field = factory.SubFactory(FieldFactory)
    levels = ["Cấp Xã"]


class RevisionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Revision

    procedure = factory.SubFactory(ProcedureFactory)
    number = factory.LazyAttribute(lambda row: row.procedure.revisions.count() + 1)
    name = factory.LazyAttribute(lambda row: row.procedure.name)
    valid_from = date(2025, 7, 1)
    decision_number = "1/QĐ-UBND"


def published(*, papers=(), fees=(), limits=("3",), **facts):
    """A revision in force with its rows."""
    revision = RevisionFactory(**facts)
    for place, name in enumerate(papers):
        RequiredPaper.objects.create(revision=revision, code=f"TP{place:02d}", name=name, originals=1, sort_order=place)
    for channel, amount in fees:
        FeeRule.objects.create(revision=revision, channel=channel, name="Lệ phí", amount=amount)
    for value in limits:
        LimitRule.objects.create(
            revision=revision, value=Decimal(value), unit="working_day", text=f"{value} ngày làm việc"
        )
    return services.publish(revision_id=revision.pk)
