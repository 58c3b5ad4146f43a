"""The head of a unit takes note of its targets."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts.models import User
from portal import clock
from portal.errors import StaleError, UserError
from reporting.follow_up.posts import Posts
from reporting.follow_up.queries import targets_held
from reporting.models import TargetReceipt


class NotHeadError(UserError):
    """Only who leads the unit may do it."""

    default_message = gettext_lazy(
        "Chỉ người đứng đầu đơn vị, cấp phó hoặc người đang trực thay mới làm được việc này; chưa có gì thay đổi."
    )


class ChangedTargetsError(StaleError):
    """Targets changed since the page was shown."""

    default_message = gettext_lazy("Chỉ tiêu của đơn vị vừa thay đổi. Hãy xem lại danh sách mới rồi bấm nhận.")


@transaction.atomic
def take_note(*, by: User, unit_id: int, target_ids: Iterable[int], year: int) -> int:
    """Record that the head took note of the targets that were shown; gives how many are new.

    Raises NotHeadError; ChangedTargetsError when one of them no longer holds for the unit.
    """
    acting = Posts([unit_id]).acting(by, unit_id)
    if acting is None:
        raise NotHeadError
    wanted, held = set(target_ids), {row.pk for row in targets_held(year, [unit_id])[unit_id]}
    if not wanted or wanted - held:
        raise ChangedTargetsError
    known = set(TargetReceipt.objects.filter(unit_id=unit_id, target_id__in=wanted).values_list("target_id", flat=True))
    new = [
        TargetReceipt(target_id=pk, unit_id=unit_id, by=acting.user, name=acting.name, post=acting.post, at=clock.now())
        for pk in sorted(wanted - known)
    ]
    TargetReceipt.objects.bulk_create(new, ignore_conflicts=True)  # two tabs, or two heads, at the same moment
    return len(new)
