"""Along the route: forwarded, assigned, proposed, sent back, approved. The house's own affair but for the first."""

from django.utils.translation import gettext_lazy as _

from dossiers.desk.acts import ACTS, DeskAct
from dossiers.enums import Action, EventCode
from dossiers.events import CITIZENS, EVENTS, Event, Wording
from dossiers.forms import desk as forms
from dossiers.forms import drafting as drafting_forms
from dossiers.services import decision, desk

EVENTS.add(
    Event(
        code=EventCode.FORWARDED,
        icon="arrow-right",
        label=_("Chuyển phòng chuyên môn"),
        citizen=_("Hồ sơ được chuyển đến bộ phận giải quyết"),
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s đang được giải quyết"),
            _("Hồ sơ “%(procedure)s” đã được chuyển đến bộ phận giải quyết. Hẹn trả kết quả: %(due)s."),
        ),
    )
)
EVENTS.add(Event(code=EventCode.ASSIGNED, icon="user", label=_("Phân công thụ lý")))
EVENTS.add(Event(code=EventCode.PROPOSED, icon="send", label=_("Trình kết quả giải quyết")))
EVENTS.add(Event(code=EventCode.SENT_BACK, icon="return", label=_("Trả lại bước thẩm định"), tone="warning"))
EVENTS.add(Event(code=EventCode.APPROVED, icon="check", label=_("Phê duyệt")))

ACTS.add(
    DeskAct(
        code=Action.FORWARD,
        label=_("Chuyển phòng chuyên môn"),
        order=20,
        form=forms.PlainForm,
        service=desk.forward,
        foretell=_("Hồ sơ chuyển đến lãnh đạo đơn vị thụ lý để phân công."),
        done=_("Đã chuyển hồ sơ %(code)s đến phòng chuyên môn."),
        is_together=True,
    )
)
ACTS.add(
    DeskAct(
        code=Action.ASSIGN,
        label=_("Phân công"),
        order=30,
        form=forms.AssignForm,
        service=desk.assign,
        foretell=_("Chuyên viên được chọn sẽ thấy hồ sơ ở mục Của tôi."),
        done=_("Đã phân công thụ lý hồ sơ %(code)s."),
        is_together=True,
    )
)
ACTS.add(
    DeskAct(
        code=Action.PROPOSE,
        label=_("Trình lãnh đạo"),
        order=40,
        form=drafting_forms.ProposeForm,
        service=decision.propose,
        foretell=_("Dự thảo văn bản chuyển đến lãnh đạo phòng để kiểm tra; từ lúc này không sửa được nữa."),
        done=_("Đã trình kết quả hồ sơ %(code)s."),
    )
)
ACTS.add(
    DeskAct(
        code=Action.APPROVE,
        label=_("Đồng ý"),
        order=50,
        form=drafting_forms.ApproveForm,
        service=decision.approve,
        is_beside_paper=True,
        foretell=_(
            "Bạn đồng ý với văn bản đang xem; hồ sơ chuyển sang bước tiếp theo. Lần đồng ý cuối cấp số cho văn bản."
        ),
        done=_("Đã đồng ý với đề xuất của hồ sơ %(code)s."),
    )
)
ACTS.add(
    DeskAct(
        code=Action.SEND_BACK,
        label=_("Trả lại chuyên viên"),
        order=90,
        form=forms.ReasonForm,
        service=decision.send_back,
        foretell=_("Hồ sơ quay về chuyên viên đã trình, kèm lý do."),
        done=_("Đã trả lại hồ sơ %(code)s cho chuyên viên."),
        is_aside=True,
    )
)
