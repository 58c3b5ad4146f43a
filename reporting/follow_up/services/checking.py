"""The sample of a closed month is drawn once; a checker of home affairs says of each dossier whether its promise moved rightly."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import OrgUnit, User
from dossiers.models.event import DossierEvent
from portal import clock
from portal.errors import UserError
from reporting.enums import Soundness
from reporting.follow_up.posts import home_affairs_of
from reporting.follow_up.samples import drawn, moves_of, reach_of
from reporting.follow_up.services.explaining import OutsideHomeAffairsError
from reporting.models import IntegrityCase, IntegrityMark, IntegritySample, Run

LONGEST = 2000


class OwnDossierError(UserError):
    """Who acted on the dossier does not judge it."""

    default_message = gettext_lazy("Bạn đã xử lý hồ sơ này nên không tự kiểm tra được. Hãy nhờ người khác của Nội vụ.")


def draw(run: Run) -> int:
    """Draw the sample of a closed month, in the caller's transaction; gives how many dossiers. A month has one sample."""
    if IntegritySample.objects.filter(run__month=run.month).exists():
        return 0
    by_unit: dict[int, list[int]] = {}
    for unit_id, dossier_id in reach_of(run):
        by_unit.setdefault(unit_id, []).append(dossier_id)
    known = set(OrgUnit.objects.filter(pk__in=by_unit).values_list("pk", flat=True))
    samples = IntegritySample.objects.bulk_create(
        IntegritySample(run=run, unit_id=pk, seed=run.digest, population=len(ids))
        for pk, ids in sorted(by_unit.items())
        if pk in known
    )
    chosen = [
        (one, place, pk) for one in samples for place, pk in enumerate(drawn(one.seed, by_unit[one.unit_id]), start=1)
    ]
    moves = moves_of(pk for _one, _place, pk in chosen)
    IntegrityCase.objects.bulk_create(
        IntegrityCase(sample=one, place=place, dossier_id=pk, codes=moves.get(pk, [])) for one, place, pk in chosen
    )
    return len(chosen)


@transaction.atomic
def mark(*, by: User, case_id: int, verdict: str, reason: str) -> IntegrityMark:
    """Say whether the promise of a drawn dossier moved rightly; said anew, the earlier word stays beside it.

    Raises OutsideHomeAffairsError, OwnDossierError, UserError.
    """
    acting = home_affairs_of(by)
    if acting is None:
        raise OutsideHomeAffairsError
    case = IntegrityCase.objects.get(pk=case_id)
    if DossierEvent.objects.filter(dossier_id=case.dossier_id, actor_id=by.pk).exists():
        raise OwnDossierError
    if len(reason) > LONGEST:
        raise UserError(_("Lý do dài quá 2.000 ký tự. Hãy viết gọn lại."))
    if verdict not in Soundness.values:
        raise UserError(_("Chưa chọn hợp lệ hay không hợp lệ."))
    if verdict == Soundness.INVALID and not reason:
        raise UserError(_("Chưa ghi vì sao không hợp lệ. Hãy ghi lý do."))
    return IntegrityMark.objects.create(
        case=case, verdict=verdict, reason=reason, by=by, name=acting.name, at=clock.now()
    )
