"""Related rows of a dossier, fetched by their own keys and put where the models look for them.

One join over nine tables took longer to plan than all these look-ups take to run. Called by services and pages.
"""

from collections.abc import Iterable
from typing import Any

from accounts import naming as unit_names
from accounts.models import OrgUnit, Party
from dossiers.models.dossier import Dossier
from dossiers.models.result import Result
from portal import rows
from procedures import naming as procedure_names
from procedures import published

UNITS = ("receiving_unit", "competent_unit", "counting_unit", "department")
PARTIES = ("owner", "submitter")
SHOWN_UNITS = ("receiving_unit", "competent_unit", "department")


def with_units(dossier: Dossier) -> Dossier:
    """Fetch the units of a dossier in one look-up."""
    rows.send(seek_units(dossier))
    return dossier


def seek_units(dossier: Dossier) -> rows.Statement[None]:
    """The statement of `with_units`; its answer is put where the dossier looks for it."""
    return _seek(dossier, OrgUnit, UNITS)


def _seek(dossier: Dossier, model: type[OrgUnit] | type[Party], names: Iterable[str]) -> rows.Statement[None]:
    keys = {name: getattr(dossier, f"{name}_id") for name in names}
    asked = rows.seek_keys(model, keys.values())

    def put(answer: list[tuple[Any, ...]]) -> None:
        found = asked.read(answer)
        for name, key in keys.items():
            setattr(dossier, name, found.get(key))

    return rows.Statement(asked.sql, asked.parameters, put)


def with_parties(dossier: Dossier) -> Dossier:
    """Fetch owner and submitter in one look-up."""
    rows.send(seek_parties(dossier))
    return dossier


def seek_parties(dossier: Dossier) -> rows.Statement[None]:
    """The statement of `with_parties`; its answer is put where the dossier looks for it."""
    return _seek(dossier, Party, PARTIES)


def with_revision(dossier: Dossier) -> Dossier:
    """Take the pinned revision from what the process keeps of published ones."""
    dossier.revision = published.parts(dossier.revision_id).revision
    return dossier


def with_result(dossier: Dossier) -> Dossier:
    """Fetch the result, if there is one: it is issued by the act that ends the processing."""
    found = rows.where(Result, dossier.pk, column="dossier_id") if dossier.finished_at else []
    dossier._state.fields_cache["result"] = found[0] if found else None  # noqa: SLF001  as a join would leave it
    return dossier


def for_showing(dossier: Dossier) -> Dossier:
    """Revision, procedure and units as pages name them (at most a minute old): usually no look-up. Never for an act."""
    units = unit_names.units(getattr(dossier, f"{name}_id") for name in SHOWN_UNITS if getattr(dossier, f"{name}_id"))
    for name in SHOWN_UNITS:
        setattr(dossier, name, units.get(getattr(dossier, f"{name}_id")))
    dossier.procedure = procedure_names.procedures([dossier.procedure_id])[dossier.procedure_id]
    return with_revision(dossier)


def whole(dossier: Dossier) -> Dossier:
    """Units, parties and revision."""
    rows.send(seek_units(dossier), seek_parties(dossier))
    return with_revision(dossier)
