"""Which event tells whom, by which channel, in which words. Writes outbox rows in the caller's transaction.

An event tells the account that filed inside the portal, and the submitter's and owner's addresses by e-mail; no
identity number and no content of the dossier leaves the house.
"""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers.enums import EventCode
from dossiers.models.dossier import Dossier
from integrations import outbox
from integrations.models import OutboxMessage
from integrations.registry import Contact, MessageChannel, reach
from portal import clock


@dataclass(frozen=True, slots=True)
class Wording:
    """Subject and body with named placeholders: code, procedure, unit, due, text."""

    subject: Promise
    body: Promise


WORDINGS: dict[str, Wording] = {
    EventCode.SUBMITTED: Wording(
        _("Đã nhận hồ sơ trực tuyến %(code)s"),
        _("Hồ sơ “%(procedure)s” của bạn đã được gửi đến %(unit)s. Bộ phận Một cửa sẽ trả lời trước %(accept_by)s."),
    ),
    EventCode.RECEIVED: Wording(
        _("Hồ sơ %(code)s đã được tiếp nhận"),
        _("%(unit)s đã tiếp nhận hồ sơ “%(procedure)s”. Mã hồ sơ: %(code)s. Hẹn trả kết quả: %(due)s."),
    ),
    EventCode.NOT_ACCEPTED: Wording(
        _("Hồ sơ %(code)s không được tiếp nhận"),
        _("%(unit)s không tiếp nhận hồ sơ “%(procedure)s”. Lý do: %(text)s"),
    ),
    EventCode.FORWARDED: Wording(
        _("Hồ sơ %(code)s đang được giải quyết"),
        _("Hồ sơ “%(procedure)s” đã được chuyển đến bộ phận giải quyết. Hẹn trả kết quả: %(due)s."),
    ),
    EventCode.SUPPLEMENT_REQUESTED: Wording(
        _("Hồ sơ %(code)s cần bổ sung"),
        _(
            "%(unit)s đề nghị bạn bổ sung hồ sơ “%(procedure)s”: %(text)s Thời hạn giải quyết tạm dừng đến khi bạn bổ sung."
        ),
    ),
    EventCode.SUPPLEMENT_ANSWERED: Wording(
        _("Đã nhận phần bổ sung của hồ sơ %(code)s"),
        _("Phần bổ sung của hồ sơ “%(procedure)s” đã được gửi đến %(unit)s. Hẹn trả kết quả: %(due)s."),
    ),
    EventCode.RESULT_ISSUED: Wording(
        _("Hồ sơ %(code)s đã có kết quả"),
        _("Kết quả “%(procedure)s” đã sẵn sàng. Bạn có thể tải bản điện tử trên cổng hoặc nhận tại %(desk)s."),
    ),
    EventCode.REFUSED: Wording(
        _("Hồ sơ %(code)s: từ chối giải quyết"),
        _("%(unit)s từ chối giải quyết hồ sơ “%(procedure)s”. Văn bản nêu rõ lý do có trên cổng."),
    ),
    EventCode.RETURNED: Wording(
        _("Đã trả kết quả hồ sơ %(code)s"),
        _("Kết quả hồ sơ “%(procedure)s” đã được trả. Cảm ơn bạn đã sử dụng dịch vụ."),
    ),
    EventCode.WITHDRAWAL_REQUESTED: Wording(
        _("Đã nhận đề nghị rút hồ sơ %(code)s"),
        _("%(unit)s đã nhận đề nghị rút hồ sơ “%(procedure)s” và sẽ trả lời bạn."),
    ),
    EventCode.WITHDRAWN: Wording(
        _("Hồ sơ %(code)s đã được rút"),
        _("Hồ sơ “%(procedure)s” đã được rút theo đề nghị của bạn."),
    ),
}


def tell(dossier: Dossier, code: str, *, seq: int, text: str = "") -> None:
    """Put the messages of one event into the outbox; acts inside the house (assign, approve) tell nobody."""
    wording = WORDINGS.get(code)
    if wording is None:
        return
    link = reverse("my:dossier", args=[dossier.reference])
    values = _values(dossier, text)
    reached = {
        (channel.code, address): channel for contact in _contacts(dossier) for channel, address in reach(contact)
    }
    outbox.put_all(
        OutboxMessage(
            kind=f"dossier.{code}",
            channel=channel.code,
            address=address,
            subject=str(wording.subject) % values,
            body=_body(str(wording.body) % values, channel, link),
            link=link,
            dedupe_key=f"dossier:{dossier.pk}:{seq}:{channel.code}:{address}"[:120],
        )
        for (_code, address), channel in reached.items()
        if not channel.is_short
    )


def _body(words: str, channel: MessageChannel, link: str) -> str:
    return words if channel.shows_link else f"{words}\n\n{settings.PUBLIC_URL}{link}"


def _contacts(dossier: Dossier) -> list[Contact]:
    parties = [party for party in (dossier.submitter, dossier.owner) if party is not None]
    account = [] if dossier.account is None else [Contact(dossier.account.pk, dossier.account.email or "")]
    return [*(Contact(email=party.email or "") for party in parties), *account]


def _values(dossier: Dossier, text: str) -> dict[str, str]:
    return {
        "code": dossier.code or dossier.reference,
        "procedure": dossier.revision.name,
        "unit": dossier.competent_unit.name,
        "desk": dossier.receiving_unit.name,
        "due": _moment(dossier.due_at),
        "accept_by": _moment(dossier.accept_by),
        "text": text,
    }


def _moment(value: object) -> str:
    return clock.local(value).strftime("%H:%M %d/%m/%Y") if value else str(_("chưa xác định"))  # type: ignore[arg-type]
