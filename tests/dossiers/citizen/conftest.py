"""A house whose procedure asks everything the citizen's pages can ask."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from procedures.enums import RevisionState
from procedures.models import RequiredPaper, Revision
from tests.factories import RevisionFactory
from tests.houses import make_house
from tests.vault.samples import PDF

FULL = {
    "ho_ten": "Nguyễn Văn Mẫu",
    "ngay_sinh": "02/01/1990",
    "so_dinh_danh": "077090123456",
    "muc_dich": "Bổ túc hồ sơ",
}


@pytest.fixture
def house(db):
    """The common house."""
    return make_house()


@pytest.fixture
def signed_in(client, house):
    """A client signed in as the house's citizen."""
    client.force_login(house.citizen)
    return client


def pdf(name="giay-to.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def body(answer):
    """The bytes of a download; closes the file without the signal that would close the test's connection."""
    content = b"".join(answer.streaming_content)
    for close in answer._resource_closers:
        close()
    return content


def replace_spec(house, spec, **paper):
    """Put a second revision in force, as a change of law does; `paper` changes its one paper."""
    Revision.objects.filter(pk=house.revision.pk).update(valid_to="2024-12-31")
    house.revision = RevisionFactory(
        procedure=house.procedure, number=2, valid_from="2025-01-01", form_spec=spec, parts=False
    )
    RequiredPaper.objects.filter(revision=house.revision).update(is_required=False, **paper)
    Revision.objects.filter(pk=house.revision.pk).update(state=RevisionState.PUBLISHED)
    return house.revision
