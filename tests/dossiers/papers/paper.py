"""A dossier of one of the catalogue's forms, and its paper as it comes out of the printer: pages, text, pictures on demand."""

import io
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pypdf

from accounts.enums import IdentityKind, UnitKind
from accounts.models import Membership
from dossiers import result_papers
from dossiers.models.dossier import Dossier
from portal.pdf import html_to_pdf
from portal.sealing import blind_index, seal
from procedures import result_templates, seeds
from tests.factories import PartyFactory, ProcedureFactory, RevisionFactory, UnitFactory
from tests.houses import draft, make_house

DAY = date(2026, 11, 5)
KEEP = os.environ.get("KEEP_PAPERS")  # a folder: papers are kept there, for people to look at


@dataclass
class Paper:
    """A paper as PDF, its pages as text in one line each, and all of it without spaces."""

    pages: list[str]

    @property
    def text(self) -> str:
        return " ".join(self.pages)

    def lacks(self, *wanted: str) -> list[str]:
        """What of these words does not stand on the paper; breaks of lines do not count."""
        squeezed = "".join(self.text.split())
        return [words for words in wanted if "".join(words.split()) not in squeezed]


def read(name: str, content: bytes) -> Paper:
    if KEEP:
        (Path(KEEP) / f"{name}.pdf").write_bytes(content)
    reader = pypdf.PdfReader(io.BytesIO(content))
    return Paper([" ".join(page.extract_text().split()) for page in reader.pages])


def city():
    """The common house under a city of central rank, as wards are since 7/2025."""
    house = make_house()
    province = UnitFactory(
        code="tinh", name="Ủy ban nhân dân Thành phố Hồ Chí Minh", short_name="TP. Hồ Chí Minh", kind=UnitKind.PROVINCE
    )
    house.ward.parent = province
    house.ward.name = "Ủy ban nhân dân phường Vũng Tàu"
    house.ward.short_name = "Phường Vũng Tàu"
    house.ward.save()
    house.office.name = "Phòng Kinh tế, Hạ tầng và Đô thị phường Vũng Tàu"
    house.office.short_name = "Phòng Kinh tế, Hạ tầng và Đô thị"
    house.office.save()
    return house


def bearer(name: str, number: str, **facts):
    """A party with a number."""
    return PartyFactory(
        full_name=name,
        identity_kind=IdentityKind.CITIZEN_ID,
        identity_sealed=seal(number),
        identity_index=blind_index(number),
        **facts,
    )


def filed(house, form: str, answers: dict, *, template: str = "", **changes) -> Dossier:
    """A dossier of one of the catalogue's forms, received on the day of the papers."""
    procedure = ProcedureFactory(name="Thủ tục thử giấy")
    results = [{"code": "KQ.G15.000099", "name": "Kết quả thử", **({"template": template} if template else {})}]
    revision = RevisionFactory(procedure=procedure, form_spec=seeds.form_spec(form), results=results)
    values = {"procedure": procedure, "revision": revision, "answers": answers, "code": "H29.951-261105-0001"}
    return draft(house, **{**values, **changes})


def template(code: str, day: date = DAY):
    """The template that holds."""
    found = result_templates.template_on(code, day)
    assert found is not None, code
    return found


def signer_of(house, role) -> Membership:
    """In which role somebody of the house signs."""
    return Membership.objects.select_related("user").get(user=house.people[role], role=role)


def printed(name: str, dossier, of, fields, **facts) -> Paper:
    """A sheet as it comes out of the printer."""
    return read(name, html_to_pdf(result_papers.sheet(dossier, of, fields, preview=False, **facts)))


def issued(name: str, dossier, of, fields, *, number: str, signer, day: date = DAY) -> Paper:
    """The issued paper."""
    return printed(name, dossier, of, fields, number=number, date=day, signer=signer, is_draft=False)
