"""The parts of a published revision, read once a process: what was published never changes.

Only published and retired revisions are kept; a draft is read anew each time. `state` and `valid_to` of a kept revision
may be old: whether it is in force is asked of procedures.queries. Callers read and never change what they get.
"""

from dataclasses import dataclass

from procedures import formspec
from procedures.enums import RevisionState
from procedures.formspec import FormSpec
from procedures.models import FeeRule, LimitRule, Procedure, RequiredPaper, Revision, RouteStep

KEPT = 256  # a city uses a few hundred procedures; each takes some tens of kilobytes


@dataclass(frozen=True, slots=True)
class Parts:
    """A revision with its form as it was read and its rows, each in the order of its list."""

    revision: Revision
    form: FormSpec
    procedure_code: str
    papers: tuple[RequiredPaper, ...]
    fees: tuple[FeeRule, ...]
    limits: tuple[LimitRule, ...]
    route: tuple[RouteStep, ...]


_kept: dict[int, Parts] = {}


def parts(revision_id: int) -> Parts:
    """The revision and its form, papers, fees, limits and route; raises Revision.DoesNotExist."""
    found = _kept.get(revision_id)
    if found is None:
        found = _read(revision_id)
        if found.revision.state != RevisionState.DRAFT:
            while len(_kept) >= KEPT:
                _kept.pop(next(iter(_kept)), None)
            _kept[revision_id] = found
    return found


def forget() -> None:
    """Drop what is kept (tests)."""
    _kept.clear()


def _read(revision_id: int) -> Parts:
    revision = Revision.objects.get(pk=revision_id)
    of = {"revision_id": revision_id}
    return Parts(
        revision=revision,
        form=formspec.load(revision.form_spec),
        procedure_code=Procedure.objects.values_list("code", flat=True).get(pk=revision.procedure_id),
        papers=tuple(RequiredPaper.objects.filter(**of).order_by("sort_order", "pk")),
        fees=tuple(FeeRule.objects.filter(**of).order_by("case_code", "channel", "pk")),
        limits=tuple(LimitRule.objects.filter(**of).order_by("case_code", "channel", "pk")),
        route=tuple(RouteStep.objects.filter(**of).order_by("position", "pk")),
    )
