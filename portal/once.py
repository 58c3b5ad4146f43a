"""Forms that arrive twice: the key of a form names what was made of it, a digest kept beside says of what, and by whom.

The same key with the same data is the same act, told again; with other data, or from another person, it is refused: the
next person's dossier must never be answered with the first one's. Services keep `mark` in the row the key belongs to and
call `refuse_other` before they give that row back.
"""

import dataclasses
import hmac
import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.errors import UserError
from portal.sealing import blind_index


class UsedFormError(UserError):
    """The form was used before, for something else; `made` is the key of the row it made."""

    default_message = _(
        "Phiếu trên trang này đã được dùng một lần với nội dung khác, nên chưa nhận thêm gì. "
        "Những gì bạn vừa nhập vẫn còn; hãy kiểm tra rồi gửi lại nếu đây là một hồ sơ mới."
    )

    def __init__(self, made: int) -> None:
        self.made = made
        super().__init__()


def mark(user_id: int, said: Any) -> str:
    """Keyed digest of who sent what (a dataclass of plain values); without the key it tells nothing of the data."""
    facts = dataclasses.asdict(said)
    return blind_index(json.dumps([user_id, facts], sort_keys=True, default=str, ensure_ascii=False))


def refuse_other(made: int, kept: str, sent: str) -> None:
    """Raise UsedFormError unless what was sent now is what the row was made of."""
    if not hmac.compare_digest(kept, sent):
        raise UsedFormError(made)
