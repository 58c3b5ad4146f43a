"""What the desk may offer on a dossier: the form, the service and the words of each act. Declared in dossiers.acts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from dossiers import workflow
from dossiers.forms.desk import ActForm
from dossiers.models.dossier import Dossier
from portal.registry import Registry


@dataclass(frozen=True, slots=True)
class DeskAct:
    """One act as the page offers it.

    `label` stands on its button; `foretell` says what will happen, `done` what happened (%(code)s is the dossier).
    `order`: small first. `is_aside`: folded away, since it is not what usually comes next. `is_beside_paper`: done where the
    very paper is in view, so that the dossier's page leads there: nobody signs what they have not seen. `is_together`: may be
    done to several items of a list at once, since one form serves them all. `fits`: what else of a dossier lets it be offered.
    """

    code: str
    label: Promise
    order: int
    form: type[ActForm]
    service: Callable[..., Dossier]
    foretell: Promise
    done: Promise
    is_aside: bool = False
    is_beside_paper: bool = False
    is_danger: bool = False
    is_together: bool = False
    fits: Callable[[Dossier], bool] = lambda _dossier: True


ACTS: Registry[DeskAct] = Registry("act of the desk")


def offered(actions: Iterable[str], dossier: Dossier) -> list[DeskAct]:
    """Of the acts the table allows now, those that stand on the desk's page, usual ones first."""
    allowed = set(actions)
    return sorted(
        (act for act in ACTS if act.code in allowed and act.fits(dossier)), key=lambda act: (act.order, act.code)
    )


def together(steps: Iterable[tuple[str, str, bool]], roles: frozenset[str]) -> list[DeskAct]:
    """Acts that may be done to several items at once, as far as one of these steps lets such roles do them.

    `steps`: kind of the item, state of its dossier, whether the reader holds it.
    """
    wanted = set(steps)
    able = {
        row.action
        for row in workflow.rows()
        if row.roles & roles
        and any(
            row.step in {kind, workflow.ANY} and state in row.sources and (is_held or row.held != workflow.Held.OWN)
            for kind, state, is_held in wanted
        )
    }
    return sorted((act for act in ACTS if act.is_together and act.code in able), key=lambda act: (act.order, act.code))


def may_ever(action: str, roles: frozenset[str]) -> bool:
    """Tell whether any of these roles can do the act in some state; if not, asking for it is forbidden, not early."""
    return any(row.roles & roles for row in workflow.rows() if row.action == action)
