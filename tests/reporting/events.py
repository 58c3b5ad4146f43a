"""Ledger rows written directly, for tests that count: one dossier is a list of dated acts with one set of dimensions."""

import itertools
from datetime import datetime, timedelta

from dossiers import ledger
from dossiers.enums import EventCode, State
from dossiers.models.dirty import DirtyDossier
from dossiers.models.event import DossierEvent
from portal.clock import VIETNAM
from procedures.enums import Channel, ServiceLevel
from procedures.models import Field, OnlineOffering, Procedure

_numbers = itertools.count(1)
STATE_AFTER = {
    EventCode.RECEIVED: State.PROCESSING,
    EventCode.RESULT_ISSUED: State.DONE,
    EventCode.REFUSED: State.REFUSED,
    EventCode.WITHDRAWN: State.WITHDRAWN,
    EventCode.RETURNED: State.RETURNED,
    EventCode.SUBMITTED: State.SUBMITTED,
}


def moment(text: str) -> datetime:
    """`2022-09-30 08:00` as Vietnam's clocks show it."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def procedure(code: str | None = None, *, internal: bool = False) -> Procedure:
    field, _made = Field.objects.get_or_create(code="LV", defaults={"name": "Lĩnh vực thử", "sort_name": "x"})
    code = code or f"9.{next(_numbers):06d}"
    return Procedure.objects.create(code=code, name=f"Thủ tục {code}", field=field, is_internal=internal)


def offer(  # noqa: PLR0917  tests read better so
    proc: Procedure, unit, level=ServiceLevel.FULL, since="2022-01-01", until=None, department=None
) -> OnlineOffering:
    reason = "" if level == ServiceLevel.FULL else "presence"
    return OnlineOffering.objects.create(
        procedure=proc, unit=unit, department=department, level=level, valid_from=since, valid_to=until, reason=reason
    )


def act(
    code,
    at,
    *,
    dossier_id,
    seq,
    unit,
    proc,
    due=None,
    channel=Channel.DESK,
    level=ServiceLevel.FULL,
    internal=False,
    department=None,
    state_to=None,
    received=None,
    **columns,
) -> DossierEvent:
    """One event with all its dimensions, and the dirty row every act leaves; `columns`: what only this event says."""
    DirtyDossier.objects.create(dossier_id=dossier_id)
    return DossierEvent.objects.create(
        dossier_id=dossier_id,
        seq=seq,
        schema_version=ledger.CURRENT,
        code=code,
        happened_at=moment(at),
        state_to=state_to or STATE_AFTER[code],
        hash=f"{dossier_id}-{seq}",
        authority_code=unit.authority_code,
        receiving_unit_id=unit.pk,
        competent_unit_id=unit.pk,
        counting_unit_id=unit.pk,
        unit_group_id=unit.group_id,
        department_id=department.pk if department else None,
        procedure_id=proc.pk,
        procedure_code=proc.code,
        revision_id=1,
        level_offered=level,
        channel=channel,
        sub_channel="counter",
        is_internal=internal,
        applicant_kind="person",
        first_due_at=moment(due) if due else None,
        first_received_at=moment(received) if received else None,
        **columns,
    )


def dossier(unit, proc, received, *, finished=None, refused=None, withdrawn=None, days=5, online=False, **more) -> int:
    """A dossier's whole story; returns its id. The first promise is `days` days after reception unless `due` is given."""
    dossier_id = more.pop("dossier_id", None) or 10_000 + next(_numbers)
    due = more.pop("due", None) or (moment(received) + timedelta(days=days)).strftime("%Y-%m-%d %H:%M")
    shared = {
        "dossier_id": dossier_id,
        "unit": unit,
        "proc": proc,
        "due": due,
        "channel": Channel.ONLINE if online else more.pop("channel", Channel.DESK),
        **more,
    }
    act(EventCode.RECEIVED, received, seq=1, **shared)
    for code, at in (
        (EventCode.RESULT_ISSUED, finished),
        (EventCode.REFUSED, refused),
        (EventCode.WITHDRAWN, withdrawn),
    ):
        if at:
            act(code, at, seq=2, **shared)
    return dossier_id
