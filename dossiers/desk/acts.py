"""Which form and which service stand behind each act of the desk, in words for the button. Called by desk views."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from dossiers import workflow
from dossiers.enums import Action
from dossiers.forms import desk as forms
from dossiers.models.dossier import Dossier
from dossiers.services import decision, desk, results


@dataclass(frozen=True, slots=True)
class Act:
    """One act as the page offers it. `is_aside`: folded away, since it is not what usually comes next."""

    form: type[forms.ActForm]
    service: Callable[..., Dossier]
    button: object
    foretell: object  # what will happen
    done: object  # what happened; %(code)s is the dossier
    is_aside: bool = False
    is_danger: bool = False


ACTS: dict[Action, Act] = {
    Action.RECEIVE: Act(
        forms.PlainForm, desk.receive, _("Tiếp nhận hồ sơ"),
        _("Hồ sơ được cấp mã chính thức, bắt đầu tính hạn; giấy tiếp nhận được gửi cho người nộp."),
        _("Đã tiếp nhận hồ sơ %(code)s. Giấy tiếp nhận đang được in."),
    ),
    Action.FORWARD: Act(
        forms.PlainForm, desk.forward, _("Chuyển phòng chuyên môn"),
        _("Hồ sơ chuyển đến lãnh đạo đơn vị thụ lý để phân công."),
        _("Đã chuyển hồ sơ %(code)s đến phòng chuyên môn."),
    ),
    Action.ASSIGN: Act(
        forms.AssignForm, desk.assign, _("Phân công"),
        _("Chuyên viên được chọn sẽ thấy hồ sơ ở mục Của tôi."),
        _("Đã phân công thụ lý hồ sơ %(code)s."),
    ),
    Action.PROPOSE: Act(
        forms.ProposeForm, decision.propose, _("Trình lãnh đạo"),
        _("Đề xuất chuyển đến lãnh đạo phòng để kiểm tra."),
        _("Đã trình kết quả hồ sơ %(code)s."),
    ),
    Action.APPROVE: Act(
        forms.PlainForm, decision.approve, _("Đồng ý"),
        _("Bạn đồng ý với đề xuất; hồ sơ chuyển sang bước tiếp theo của quy trình."),
        _("Đã đồng ý với đề xuất của hồ sơ %(code)s."),
    ),
    Action.ISSUE: Act(
        forms.PlainForm, results.issue, _("Ban hành kết quả"),
        _("Kết quả được cấp số, in và gửi bản điện tử vào kho của người nộp. Việc này không rút lại được."),
        _("Đã ban hành kết quả hồ sơ %(code)s."),
    ),
    Action.RETURN: Act(
        forms.ReturnForm, results.return_to_citizen, _("Trả kết quả"),
        _("Hồ sơ kết thúc; người nộp nhận được thông báo."),
        _("Đã trả kết quả hồ sơ %(code)s."),
    ),
    Action.REQUEST_SUPPLEMENT: Act(
        forms.SupplementForm, desk.request_supplement, _("Yêu cầu bổ sung"),
        _("Người nộp nhận phiếu yêu cầu bổ sung; hồ sơ tạm dừng tính hạn cho đến khi bổ sung xong."),
        _("Đã gửi yêu cầu bổ sung của hồ sơ %(code)s."), is_aside=True,
    ),
    Action.SEND_BACK: Act(
        forms.ReasonForm, decision.send_back, _("Trả lại chuyên viên"),
        _("Hồ sơ quay về chuyên viên đã trình, kèm lý do."),
        _("Đã trả lại hồ sơ %(code)s cho chuyên viên."), is_aside=True,
    ),
    Action.WITHDRAW: Act(
        forms.WithdrawForm, desk.approve_withdrawal, _("Cho rút hồ sơ"),
        _("Hồ sơ kết thúc theo đề nghị rút của người nộp. Việc này không hoàn lại được."),
        _("Đã cho rút hồ sơ %(code)s."), is_aside=True, is_danger=True,
    ),
    Action.REFUSE: Act(
        forms.RefuseForm, desk.refuse, _("Từ chối tiếp nhận"),
        _("Người nộp nhận phiếu từ chối tiếp nhận với lý do dưới đây; hồ sơ kết thúc và không hoàn lại được."),
        _("Đã từ chối tiếp nhận hồ sơ %(code)s. Phiếu từ chối đang được in."), is_aside=True, is_danger=True,
    ),
}  # fmt: skip


def offered(actions: Iterable[Action], dossier: Dossier) -> list[Action]:
    """Of the acts the table allows now, those that stand on the desk's page, usual ones first."""
    allowed = set(actions)
    if not dossier.wants_withdrawal:
        allowed.discard(Action.WITHDRAW)
    return [action for action in ACTS if action in allowed]


def may_ever(action: Action, roles: frozenset[str]) -> bool:
    """Tell whether any of these roles can do the act in some state; if not, asking for it is forbidden, not early."""
    return any(row.roles & roles for row in workflow.TABLE if row.action == action)
