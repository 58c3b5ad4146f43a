"""Who signs in which office: the lines above a signature (TM., TL., KT. and the title; NĐ 30/2020) and the name under it.

Called by what makes the sheets of results and of outgoing papers.
"""

from dataclasses import dataclass
from datetime import date

from accounts.enums import HEAD_ROLES, Office, Role
from accounts.models import Membership, OrgUnit, User
from accounts.queries import open_on
from dossiers.models.dossier import Dossier
from procedures.paperspec import SignerRule


@dataclass(frozen=True, slots=True)
class Signature:
    """Lines above the signature, and the name."""

    above: tuple[str, ...]
    name: str


def signer_on(dossier: Dossier, rule: SignerRule, user: User, day: date) -> Membership | None:
    """In which role somebody signs a dossier's paper on a day: the one the rule asks for, else another of theirs there."""
    places = [dossier.competent_unit_id, dossier.department_id]
    held = Membership.objects.filter(open_on(day), user=user, role__in=HEAD_ROLES, unit_id__in=places)
    wanted = Role.UNIT_HEAD if rule.by == "department" else Role.SIGNER
    return min(held.select_related("user").order_by("pk"), key=lambda row: row.role != wanted, default=None)


# In whose name an authority answers: a committee by its chairman, a department of the province by its director.
COMMITTEE = SignerRule(on_behalf="TM. ỦY BAN NHÂN DÂN", chief="CHỦ TỊCH", deputy="PHÓ CHỦ TỊCH")
COMMITTEES = ("ủy ban nhân dân", "ubnd")
DEPARTMENT = SignerRule(chief="GIÁM ĐỐC", deputy="PHÓ GIÁM ĐỐC")


def of_authority(dossier: Dossier, signer: User | None, day: date) -> Signature:
    """Under what the authority itself says, by who signs on a day; None: nobody has signed yet.

    Who holds no office of a head there signs under the authority's name alone.
    """
    authority = dossier.competent_unit
    rule = COMMITTEE if authority.name.casefold().startswith(COMMITTEES) else DEPARTMENT
    if signer is None:
        return signature_of(rule, None)
    role = signer_on(dossier, rule, signer, day)
    return signature_of(rule, role) if role is not None else Signature((authority.name,), signer.full_name)


RECEIVER = "NGƯỜI TIẾP NHẬN HỒ SƠ"
# What the head of a part of an authority is called, by how its name begins; the first that fits.
PARTS = (
    ("trung tâm", SignerRule(chief="GIÁM ĐỐC", deputy="PHÓ GIÁM ĐỐC")),
    ("bộ phận", SignerRule(chief="TRƯỞNG BỘ PHẬN", deputy="PHÓ TRƯỞNG BỘ PHẬN")),
    ("văn phòng", SignerRule(chief="CHÁNH VĂN PHÒNG", deputy="PHÓ CHÁNH VĂN PHÒNG")),
    ("chi cục", SignerRule(chief="CHI CỤC TRƯỞNG", deputy="PHÓ CHI CỤC TRƯỞNG")),
    ("", SignerRule(chief="TRƯỞNG PHÒNG", deputy="PHÓ TRƯỞNG PHÒNG")),
)


def of_part(unit: OrgUnit, signer: User | None, day: date, *, otherwise: str) -> Signature:
    """Under what a desk or department itself says, by who signs on a day; `otherwise`: above who leads nothing there."""
    rule = next(rule for start, rule in PARTS if unit.name.casefold().startswith(start))
    if signer is None:
        return Signature((rule.chief,), "")
    held = Membership.objects.filter(open_on(day), user=signer, unit=unit, role__in=(Role.UNIT_HEAD, Role.DESK_HEAD))
    role = held.order_by("pk").first()
    if role is None:
        return Signature((otherwise,), signer.full_name)
    above = (f"KT. {rule.chief}", rule.deputy) if role.office == Office.DEPUTY else (rule.chief,)
    return Signature(above, signer.full_name)


def signature_of(rule: SignerRule, signer: Membership | None) -> Signature:
    """What stands above and under the signature: the office of the acting role, after the rule of the template."""
    by_order = signer is not None and signer.role == Role.UNIT_HEAD and rule.by == "authority"
    lines = [rule.caption, "" if by_order else rule.on_behalf, *_titles(rule, signer, by_order=by_order)]
    return Signature(tuple(line for line in lines if line), signer.user.full_name if signer else "")


def _titles(rule: SignerRule, signer: Membership | None, *, by_order: bool) -> list[str]:
    chief, deputy = rule.chief, rule.deputy
    if signer is not None and signer.role == Role.SIGNER and rule.by == "department":
        chief, deputy = "CHỦ TỊCH", "PHÓ CHỦ TỊCH"  # the authority signs what its department may
    order = []
    if by_order:
        order, chief, deputy = [f"TL. {chief}"], "TRƯỞNG PHÒNG", "PHÓ TRƯỞNG PHÒNG"
    if signer is not None and signer.office == Office.DEPUTY:
        return [*order, f"KT. {chief}", deputy]
    return [*order, chief]
