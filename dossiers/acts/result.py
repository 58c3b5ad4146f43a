"""The result: issued or refused, kept for its owner, handed over."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from dossiers import documents
from dossiers.desk.acts import ACTS, DeskAct
from dossiers.draft_kinds import DRAFT_KINDS, DraftedPaper
from dossiers.enums import Action, Decision, DraftKind, EventCode, PrintedName, State
from dossiers.events import CITIZENS, EVENTS, Event, Wording
from dossiers.forms import desk as forms
from dossiers.forms import results as result_forms
from dossiers.forms.drafting import SendDraftForm
from dossiers.papers import PAPERS, Book, Edition, OutgoingPaper, PaperSize, Signer
from dossiers.reasons import REASONS, Reason
from dossiers.services import results, route_drafts
from procedures.enums import StepKind

EVENTS.add(
    Event(
        code=EventCode.RESULT_ISSUED,
        icon="stamp",
        label=_("Ban hành kết quả"),
        citizen=_("Đã có kết quả giải quyết"),
        tone="success",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s đã có kết quả"),
            _("Kết quả “%(procedure)s” đã sẵn sàng. Bạn có thể tải bản điện tử trên cổng hoặc nhận tại %(desk)s."),
            _("Hồ sơ %(code)s đã có kết quả. Mời bạn tải trên cổng hoặc nhận tại nơi nộp hồ sơ."),
        ),
    )
)
EVENTS.add(
    Event(
        code=EventCode.REFUSED,
        icon="cross",
        label=_("Từ chối giải quyết"),
        citizen=_("Hồ sơ bị từ chối giải quyết"),
        tone="danger",
        audience=CITIZENS,
        wording=Wording(
            _("Hồ sơ %(code)s: từ chối giải quyết"),
            _("%(unit)s từ chối giải quyết hồ sơ “%(procedure)s”. Văn bản nêu rõ lý do có trên cổng."),
            _("Hồ sơ %(code)s bị từ chối giải quyết. Văn bản nêu rõ lý do có trên cổng."),
        ),
    )
)
EVENTS.add(
    Event(
        code=EventCode.RETURNED,
        icon="file",
        label=_("Trả kết quả"),
        citizen=_("Đã trả kết quả"),
        tone="success",
        audience=CITIZENS,
        wording=Wording(
            _("Đã trả kết quả hồ sơ %(code)s"),
            _("Kết quả hồ sơ “%(procedure)s” đã được trả. Cảm ơn bạn đã sử dụng dịch vụ."),
        ),
    )
)

PAPERS.add(
    OutgoingPaper(
        code=PrintedName.RESULT,
        label=_("Kết quả giải quyết"),
        editions=(
            Edition(date.min, _("KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"), "dossiers/print/result.html", PaperSize.A4),
        ),
        context=documents.result,
        signer=Signer.APPROVER,
        called_by=(EventCode.RESULT_ISSUED, EventCode.REFUSED),
        draft_kind=DraftKind.RESULT,
        book=Book("result", "KQ-UBND"),  # of papers made after their act, before they were drafts
        on_made=results.keep_for_owner,
    )
)

APPRAISED_BY: dict[str, frozenset[str]] = {StepKind.APPRAISE: frozenset({Role.OFFICER})}
DRAFT_KINDS.add(
    DraftedPaper(
        code=DraftKind.RESULT,
        label=_("Kết quả giải quyết"),
        paper=PrintedName.RESULT,
        writers=APPRAISED_BY,
        states=frozenset({State.PROCESSING}),
        acts=(Action.ISSUE,),
        form=result_forms.grant_form,
        check=route_drafts.anything,
        follows_route=True,
        book=route_drafts.book_of,
        layout=route_drafts.layout_of,
        keeps=route_drafts.kept_fields,
    )
)
DRAFT_KINDS.add(
    DraftedPaper(
        code=DraftKind.REFUSAL,
        label=_("Thông báo từ chối giải quyết"),
        paper=PrintedName.RESULT,
        writers=APPRAISED_BY,
        states=frozenset({State.PROCESSING}),
        acts=(Action.ISSUE,),
        form=result_forms.refusal_form,
        check=route_drafts.anything,
        follows_route=True,
        book=route_drafts.book_of,
        layout=route_drafts.layout_of,
        keeps=route_drafts.kept_fields,
    )
)

DECIDED_BY = (Action.PROPOSE, Action.ISSUE)
REASONS.add(Reason(Decision.GRANT, _("Đồng ý giải quyết"), DECIDED_BY, "NĐ 61/2018/NĐ-CP, Điều 19"))
REASONS.add(
    Reason(
        Decision.REFUSE,
        _("Từ chối giải quyết"),
        DECIDED_BY,
        "NĐ 61/2018/NĐ-CP, Điều 19 khoản 8",
        _("Bạn có thể khiếu nại theo quy định hoặc nộp hồ sơ mới khi đủ điều kiện."),
    )
)

ACTS.add(
    DeskAct(
        code=Action.ISSUE,
        label=_("Ban hành kết quả"),
        order=60,
        form=SendDraftForm,
        service=results.issue,
        is_beside_paper=True,
        foretell=_(
            "Văn bản đã ký được ban hành và gửi bản điện tử vào kho của người nộp. Việc này không rút lại được."
        ),
        done=_("Đã ban hành kết quả hồ sơ %(code)s."),
    )
)
ACTS.add(
    DeskAct(
        code=Action.RETURN,
        label=_("Trả kết quả"),
        order=70,
        form=forms.ReturnForm,
        service=results.return_to_citizen,
        foretell=_("Hồ sơ kết thúc; người nộp nhận được thông báo."),
        done=_("Đã trả kết quả hồ sơ %(code)s."),
    )
)
