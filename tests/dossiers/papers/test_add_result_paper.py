"""The page "How to add a result paper" works as written: its file is loaded, its layout printed, its rules hold."""

import pytest
from django.test import override_settings

from accounts.enums import Role
from dossiers import result_papers
from procedures import result_templates
from tests.dossiers.papers.paper import DAY, bearer, city, filed, issued, signer_of
from tests.house.howto import blocks

PAGE = "add-a-result-paper"
pytestmark = pytest.mark.django_db


@pytest.fixture
def added(tmp_path, settings):
    """The page's file in the table, and its layout where templates are looked for."""
    files, layouts = tmp_path / "files", tmp_path / "templates" / "dossiers" / "print" / "results"
    files.mkdir()
    layouts.mkdir(parents=True)
    (files / "xac_nhan_cu_tru_thu.json").write_text(blocks(PAGE, "json")[0], encoding="utf-8")
    (layouts / "xac_nhan_cu_tru_thu.html").write_text(blocks(PAGE, "django")[0], encoding="utf-8")
    assert result_templates.load(files) == 1
    changed = [{**engine, "DIRS": [*engine["DIRS"], tmp_path / "templates"]} for engine in settings.TEMPLATES]
    with override_settings(TEMPLATES=changed):
        yield


def test_the_page_adds_a_paper(added):
    house, owner = city(), bearer("Trần Văn Mẫu Nam", "077089000102")
    dossier = filed(
        house, "xac_nhan_hon_nhan", {}, template="xac_nhan_cu_tru_thu", owner=owner, owner_name="Trần Văn Mẫu Nam"
    )
    of = result_papers.template_for(dossier, day=DAY)
    fields = result_papers.initial_fields(dossier, of)
    assert fields == {"ho_ten": "Trần Văn Mẫu Nam", "dinh_danh": {"party": owner.pk}}
    assert [gap.key for gap in result_templates.missing(of, fields)] == ["tu_ngay"]
    fields |= {"tu_ngay": "2020-03-05"}
    assert [gap.key for gap in result_templates.blocking(of, fields, DAY)] == ["ma_ho"]
    assert result_templates.blocking(of, fields, DAY, waived={"ma_ho"}) == []
    signer = signer_of(house, Role.SIGNER)
    paper = issued("xac_nhan_cu_tru_thu", dossier, of, fields, number=of.number_text(2, 2026), signer=signer)
    assert (
        paper.lacks(
            "Số: 02/XNCT",
            "GIẤY XÁC NHẬN CƯ TRÚ",
            "Họ tên: TRẦN VĂN MẪU NAM",
            "Số định danh: 077089000102; mã hộ:",
            "Bằng chữ: Ngày năm tháng ba năm hai nghìn không trăm hai mươi",
            "Trần Văn Mẫu Nam cư trú từ ngày 05/03/2020.",
            "TM. ỦY BAN NHÂN DÂN CHỦ TỊCH",
        )
        == []
    )
    kept = result_papers.kept_as(dossier, of, fields, DAY)
    assert (kept.paper_kind, str(kept.expires_on)) == ("xac_nhan_cu_tru", "2027-02-05")
