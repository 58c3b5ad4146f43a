"""A house with a collector and an office that collects, and what its tests do with money."""

import uuid
from datetime import date

from accounts.enums import Role
from dossiers.models.dossier import Dossier
from dossiers.models.money import FeeOffice
from dossiers.services import payments
from dossiers.services.payments import Giving, Taking
from procedures import services
from tests import houses
from tests.factories import MembershipFactory, RevisionFactory


def make_till(house=None):
    """The house with a cashier at its desk and the ward's account."""
    house = house or houses.make_house()
    house.cashier = MembershipFactory(role=Role.CASHIER, unit=house.center, user__full_name="Lê Thị Thu").user
    house.office_of_fees = FeeOffice.objects.create(
        unit=house.ward,
        tax_code="3000000005",
        bank_bin="970436",
        bank_name="Ngân hàng Mẫu",
        account="0071001234567",
        holder="UBND PHUONG MAU",
        treasury="Kho bạc Nhà nước Mẫu",
        valid_from=date(2020, 1, 1),
    )
    return house


def by_copies(house):
    """The house's procedure costs 8.000 đ a copy from now on; nobody has counted them when it is sent."""
    revision = RevisionFactory(procedure=house.procedure, number=2, parts=False)
    revision.fees.all().delete()
    revision.fees.create(name="Phí bản sao", amount=8000, per="copy", law="TT 281/2016/TT-BTC")
    house.revision = services.publish(revision_id=revision.pk)
    return house


def pay(house, dossier, amount=8000, method="cash", **more):
    """Take what a dossier owes."""
    reference = more.pop("reference", "" if method == "cash" else uuid.uuid4().hex[:10])
    taking = Taking(dossier.pk, amount, method, reference=reference, **more)
    return payments.pay(by=house.cashier, taking=taking)


def give_back(house, payment, amount=8000, **more):
    """Give money back."""
    return payments.refund(by=house.cashier, giving=Giving(payment.pk, amount, more.pop("reason", "Thu nhầm."), **more))


def fresh(dossier):
    """The dossier as it stands now."""
    return Dossier.objects.get(pk=dossier.pk)
