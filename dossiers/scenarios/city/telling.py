"""Plays many lives in the order of time, with the clock standing at the moment of each act, up to the present."""

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta

import structlog

from dossiers.services.unmade import leaving_papers
from integrations import outbox
from portal import clock
from portal.celery import left_to_sweeps
from portal.errors import UserError

EVERY = timedelta(minutes=30)  # how often what was told is delivered
log = structlog.get_logger(__name__)


def tell(lives: Iterable[Iterator[datetime]], *, until: datetime) -> int:
    """Play the lives until a moment; gives how many ended before their time because an act was refused (each is logged)."""
    waiting: list[tuple[datetime, int, Iterator[datetime]]] = []
    refused, delivered = 0, until
    with ExitStack() as stack:
        stack.enter_context(left_to_sweeps())
        stack.enter_context(leaving_papers())
        for number, life in enumerate(lives):
            first = next(life, None)
            if first is not None:
                waiting.append((first, number, life))
        heapq.heapify(waiting)
        delivered = waiting[0][0] if waiting else until
        while waiting and waiting[0][0] <= until:
            moment, number, life = heapq.heappop(waiting)
            if moment - delivered > EVERY:
                _deliver(delivered + EVERY)
                delivered = moment
            try:
                with clock.standing_at(moment):
                    following = next(life, None)
            except UserError as error:
                where = " ".join(getattr(error, "__notes__", []))
                log.warning("city.life_ended", where=where, at=moment.isoformat(), error=str(error.message))
                refused += 1
                continue
            if following is not None:
                heapq.heappush(waiting, (max(following, moment + timedelta(seconds=1)), number, life))
        _deliver(until)
    return refused


def _deliver(moment: datetime) -> None:
    with clock.standing_at(moment):
        while outbox.deliver_due():
            pass
