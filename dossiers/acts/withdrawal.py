"""Withdrawal: wished for by the citizen, agreed by a head once the dossier has been received."""

from django.utils.translation import gettext_lazy as _

from dossiers.desk.acts import ACTS, DeskAct
from dossiers.enums import Action, EventCode
from dossiers.events import CITIZENS, EVENTS, Event, Wording
from dossiers.forms import desk as forms
from dossiers.services import desk

EVENTS.add(
    Event(
        code=EventCode.WITHDRAWAL_REQUESTED,
        label=_("Đề nghị rút hồ sơ"),
        citizen=_("Đã gửi đề nghị rút hồ sơ"),
        tone="warning",
        audience=CITIZENS,
        wording=Wording(
            _("Đã nhận đề nghị rút hồ sơ %(code)s"),
            _("%(unit)s đã nhận đề nghị rút hồ sơ “%(procedure)s” và sẽ trả lời bạn."),
        ),
        text_is_public=True,
    )
)
EVENTS.add(
    Event(
        code=EventCode.WITHDRAWN,
        label=_("Rút hồ sơ"),
        citizen=_("Hồ sơ đã được rút"),
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s đã được rút"),
            _("Hồ sơ “%(procedure)s” đã được rút theo đề nghị của bạn."),
            _("Hồ sơ %(code)s đã được rút theo đề nghị của bạn."),
        ),
        text_is_public=True,
    )
)

ACTS.add(
    DeskAct(
        code=Action.WITHDRAW,
        label=_("Cho rút hồ sơ"),
        order=100,
        form=forms.AgreeToWithdrawalForm,
        service=desk.approve_withdrawal,
        foretell=_("Hồ sơ kết thúc theo đề nghị rút của người nộp. Việc này không hoàn lại được."),
        done=_("Đã cho rút hồ sơ %(code)s."),
        is_aside=True,
        is_danger=True,
    )
)
