"""Kinds of messages this room writes, and how long each is of use. Declared at start (dossiers.apps), asked by the outbox.

Those of one dossier are named after their event, so one row stands for them all.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from integrations.registry import KINDS, MessageKind

NEWS = timedelta(days=30)
A_REMINDER = timedelta(days=3)  # after that its day is over

KINDS.add(MessageKind("dossier.", _("tin về hồ sơ"), NEWS))
KINDS.add(MessageKind("dossier.supplement_reminded", _("nhắc bổ sung hồ sơ"), A_REMINDER))
KINDS.add(MessageKind("dossier.payment_reminded", _("nhắc nộp tiền"), A_REMINDER))
KINDS.add(MessageKind("dossier.check_reminded", _("nhắc kiểm tra bản dự thảo"), A_REMINDER))
KINDS.add(MessageKind("work.", _("tin về việc được giao"), NEWS))
KINDS.add(MessageKind("work.clock", _("cảnh báo hạn"), A_REMINDER))
KINDS.add(MessageKind("work.correction", _("đính chính thời điểm"), NEWS))
KINDS.add(MessageKind("check.", _("tin về bản dự thảo đang kiểm tra"), NEWS))
KINDS.add(MessageKind("consultation.", _("tin về lấy ý kiến"), NEWS))
