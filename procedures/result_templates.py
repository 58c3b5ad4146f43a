"""Result papers' templates: read from data files into versions that never change, and found by code and day.

What a template is and what a paper lacks: procedures.paperspec, whose words are to be had here. Called by the rooms above
(drafts, printing, numbering) and, to load them, after every migration and by the demo catalogue.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from pydantic import ValidationError

from procedures import formspec
from procedures.enums import FieldSource, PaperDay
from procedures.formspec import StepForm
from procedures.models import ResultTemplate
from procedures.paperspec import STEP, Gap, PaperField, PaperSpec, blocking, missing

__all__ = [
    "FieldSource",
    "Gap",
    "PaperField",
    "PaperSpec",
    "blocking",
    "code_named",
    "editions",
    "is_known",
    "load",
    "missing",
    "officer_form",
    "read",
    "template",
    "template_for",
    "template_on",
    "templates",
]

FOLDER = Path(__file__).resolve().parent / "data" / "result_templates"
# For procedures without a template of their own, and for a refusal to resolve (NĐ 61/2018/NĐ-CP Art. 19.8).
GENERAL, REFUSAL = "thong_bao_ket_qua", "tu_choi_giai_quyet"


# ── found ────────────────────────────────────────────────────────────────────────────────────────


def template_on(code: str, day: date, *, filed: date | None = None) -> PaperSpec | None:
    """The newest version of the edition of a paper that holds on `day`; None when none does.

    `filed`: the day the dossier came; an edition that says so leaves dossiers that came before it to the one before.
    """
    found = _in_force(code, day)
    if found is None or found.day != PaperDay.FILED or filed is None or filed >= found.valid_from:
        return found
    return _in_force(code, filed) or found


def template_for(
    results: Sequence[Mapping[str, str]], day: date, *, refuses: bool = False, filed: date | None = None
) -> PaperSpec:
    """The template of a revision's results on a day: the one they name, else the general one; or that of a refusal.

    Raises LookupError when not even that is loaded.
    """
    for code in (REFUSAL,) if refuses else (code_named(results), GENERAL):
        found = template_on(code, day, filed=filed) if code else None
        if found is not None:
            return found
    raise LookupError(f"no template of a result paper holds on {day}")


def code_named(results: Sequence[Mapping[str, str]]) -> str:
    """The template a revision names for its result; '' for revisions published before there were any."""
    return str(results[0].get("template") or "") if results else ""


def editions() -> list[PaperSpec]:
    """The newest version of every edition, by name and then the newest first."""
    rows = ResultTemplate.objects.order_by("code", "-valid_from", "-version").distinct("code", "valid_from")
    return [_of(row) for row in rows]


def is_known(code: str) -> bool:
    """Tell whether there is a template of that name, in force or not."""
    return ResultTemplate.objects.filter(code=code).exists()


def template(code: str, version: int) -> PaperSpec:
    """The version a draft or a paper was made with. Raises LookupError for one that is not there."""
    row = ResultTemplate.objects.filter(code=code, version=version).first()
    if row is None:
        raise LookupError(f"no version {version} of the result template {code}")
    return _of(row)


def templates(named: Iterable[tuple[str, int]]) -> dict[tuple[str, int], PaperSpec]:
    """Several versions at once, by code and version; LookupError as for one."""
    wanted = set(named)
    if not wanted:
        return {}
    rows = ResultTemplate.objects.filter(code__in={code for code, _version in wanted})
    found = {(row.code, row.version): row for row in rows if (row.code, row.version) in wanted}
    if missed := wanted - found.keys():
        raise LookupError(f"no such versions of result templates: {sorted(missed)}")
    return {key: _of(row) for key, row in found.items()}


def _in_force(code: str, day: date) -> PaperSpec | None:
    rows = ResultTemplate.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), code=code)
    row = rows.filter(valid_from__lte=day).order_by("-valid_from", "-version").first()
    return _of(row) if row else None


def _of(row: ResultTemplate) -> PaperSpec:
    return _parsed(json.dumps(row.declaration, sort_keys=True), row.version)


@lru_cache(maxsize=256)
def _parsed(text: str, version: int) -> PaperSpec:
    return PaperSpec.model_validate({**json.loads(text), "version": version})


# ── filled in ────────────────────────────────────────────────────────────────────────────────────


def officer_form(
    of: PaperSpec,
    fields: Mapping[str, Any],
    *,
    wards: Sequence[tuple[str, str]] = (),
    masked: Mapping[str, str] | None = None,
    partial: bool = False,
) -> type[StepForm]:
    """The form an officer fills in, cleaned by the kinds of its questions; `partial`: a draft that is not finished yet.

    Its `answers()` are the new fields, identity numbers still as typed: the service seals them into parties.
    """
    return formspec.build_form(of.form, STEP, fields, wards=wards, masked=masked, partial=partial)


# ── loaded ───────────────────────────────────────────────────────────────────────────────────────


def read(path: Path) -> PaperSpec:
    """Read one file. Raises ValueError that names the file and what is wrong in it."""
    try:
        return PaperSpec.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise ValueError(f"{path.name}: {formspec.faults(error)}") from error


@transaction.atomic
def load(folder: Path = FOLDER) -> int:
    """Write a version for every file that is new or says something else than its last version; give how many."""
    return sum(_load(path) for path in sorted(folder.glob("*.json")))


def _load(path: Path) -> bool:
    spec = read(path)
    declaration = json.loads(path.read_text(encoding="utf-8"))
    digest = hashlib.sha256(json.dumps(declaration, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    versions = ResultTemplate.objects.filter(code=spec.code)
    last = versions.filter(valid_from=spec.valid_from).order_by("-version").first()
    if last is not None and last.digest == digest:
        return False
    ResultTemplate.objects.create(
        code=spec.code,
        version=(versions.aggregate(last=Max("version"))["last"] or 0) + 1,
        valid_from=spec.valid_from,
        valid_to=spec.valid_to,
        declaration=declaration,
        digest=digest,
    )
    return True
