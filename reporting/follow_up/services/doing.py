"""Measures come to an end: done, said by who leads the unit or by home affairs, or given up by home affairs."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from portal import clock
from portal.errors import NotNowError, UserError
from reporting.enums import RemedyState
from reporting.follow_up.posts import Posts, home_affairs_of
from reporting.follow_up.services.receiving import NotHeadError
from reporting.models import Remedy


class EndedRemedyError(NotNowError):
    """It has ended."""

    default_message = gettext_lazy("Việc này đã kết thúc từ trước nên không ghi thêm được.")


@transaction.atomic
def end(*, by: User, remedy_id: int, words: str, dropped: bool = False) -> Remedy:
    """Record that a measure is done, with what came of it, or is given up. Raises NotHeadError, EndedRemedyError, UserError."""
    remedy = Remedy.objects.select_for_update(of=("self",), no_key=True).get(pk=remedy_id)
    by_home_affairs = home_affairs_of(by) is not None
    if not by_home_affairs and (dropped or Posts([remedy.unit_id]).acting(by, remedy.unit_id) is None):
        raise NotHeadError
    if remedy.state != RemedyState.OPEN:
        raise EndedRemedyError
    if not words:
        raise UserError(_("Chưa ghi kết quả. Hãy ghi đã làm gì, hoặc vì sao thôi không làm."), field="words")
    remedy.state = RemedyState.DROPPED if dropped else RemedyState.DONE
    remedy.ended_at, remedy.ended_by, remedy.ended_words = clock.now(), by, words
    remedy.save(update_fields=["state", "ended_at", "ended_by", "ended_words", "updated_at"])
    return remedy
