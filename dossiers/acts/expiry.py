"""A supplement request that ran out: before reception the dossier is not accepted, later the work on it stops (form 03)."""

from django.utils.translation import gettext_lazy as _

from dossiers import workflow
from dossiers.enums import Action, EventCode, State
from dossiers.events import CITIZENS, EVENTS, Event, Wording
from dossiers.reasons import REASONS, Reason
from dossiers.services.expiry import NOT_SUPPLEMENTED

EVENTS.add(
    Event(
        code=EventCode.SUPPLEMENT_EXPIRED,
        icon="pause",
        label=_("Kết thúc do không bổ sung đúng hạn"),
        citizen=_("Hồ sơ kết thúc vì không được bổ sung đúng hạn"),
        tone="danger",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s kết thúc vì không được bổ sung"),
            _("Hồ sơ “%(procedure)s” kết thúc. %(text)s Bạn có thể nộp hồ sơ mới khi đã đủ giấy tờ."),
            _("Hồ sơ %(code)s kết thúc vì không được bổ sung đúng hạn. Phiếu nêu rõ lý do có trên cổng."),
        ),
        text_is_public=True,
    )
)

# Nothing was decided on the matter and nobody signed, so work that has begun ends as stopped and not as refused.
workflow.add(
    workflow.Transition(
        action=Action.EXPIRE_SUPPLEMENT,
        sources=frozenset({State.INTAKE_FIX}),
        target=State.NOT_ACCEPTED,
        event=EventCode.NOT_ACCEPTED,
        roles=frozenset({workflow.SYSTEM}),
    ),
    workflow.Transition(
        action=Action.EXPIRE_SUPPLEMENT,
        sources=frozenset({State.SUPPLEMENT}),
        target=State.STOPPED,
        event=EventCode.SUPPLEMENT_EXPIRED,
        roles=frozenset({workflow.SYSTEM}),
    ),
)

REASONS.add(
    Reason(
        NOT_SUPPLEMENTED,
        _("Không bổ sung đúng hạn"),
        (Action.EXPIRE_SUPPLEMENT,),
        "NĐ 61/2018/NĐ-CP, Điều 17, Điều 19",
        _("Bạn có thể nộp hồ sơ mới khi đã đủ giấy tờ."),
    )
)
