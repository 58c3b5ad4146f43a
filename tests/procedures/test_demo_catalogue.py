"""The files of the demo catalogue: valid forms, whole sheets, routes with the steps they must have. No database."""

import json
from datetime import date

import pytest

from procedures import formspec, seeds
from procedures.enums import StepKind

SHEETS = [
    json.loads(path.read_text())
    for path in sorted(seeds.FOLDER.glob("*.json"))
    if path.name not in seeds.NOT_PROCEDURES
]
FORMS = sorted(path.stem for path in (seeds.FOLDER / "forms").glob("*.json"))
TODAY = date(2026, 11, 23)
SEQUENCE = ["intake", "assign", "appraise", "review", "sign", "stamp", "return"]


@pytest.mark.parametrize("name", FORMS)
def test_form_of_the_catalogue_is_a_valid_spec(name):
    spec = formspec.load(seeds.form_spec(name))
    assert spec.owner is not None
    assert len(spec.steps) <= 7


def test_catalogue_holds_five_forms_and_at_least_fifteen_procedures():
    current = [sheet["revisions"][-1] for sheet in SHEETS]
    assert len(SHEETS) >= 15
    assert sorted(revision["form"] for revision in current if revision.get("form")) == FORMS
    assert len(FORMS) >= 5


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet["code"])
def test_sheet_is_whole(sheet):
    codes = {event["slug"] for event in json.loads((seeds.FOLDER / "life_events.json").read_text())}
    assert set(sheet["life_events"]) <= codes
    for revision in sheet["revisions"]:
        cases = {case["code"] for case in revision.get("cases", [])} | {""}
        for part in ("results", "legal_basis", "what_you_get", "limits"):
            assert revision[part], part
        for row in [*revision["papers"], *revision["fees"], *revision["limits"]]:
            assert row.get("case", "") in cases
        papers = [(paper.get("case", ""), paper["code"]) for paper in revision["papers"]]
        assert len(papers) == len(set(papers))


# The head of the economic department signs the certificate of a household business: nobody above signs it again.
SIGNED_BY_THE_DEPARTMENT = {"ba_ngay_kinh_doanh_phong"}


@pytest.mark.parametrize("name", list(json.loads((seeds.FOLDER / "routes.json").read_text())))
def test_route_has_the_seven_kinds_of_steps(name):
    route = json.loads((seeds.FOLDER / "routes.json").read_text())[name]
    left_out = {StepKind.SIGN} if name in SIGNED_BY_THE_DEPARTMENT else set()
    done = [step["kind"] for step in route if step["kind"] != StepKind.CONSULT]  # asked beside the appraisal
    assert done == [kind for kind in SEQUENCE if kind not in left_out]
