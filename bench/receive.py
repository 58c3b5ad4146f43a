"""The receive transaction: processor time of one act, then 1, 8 and 32 threads, spread over desks and on one hot desk.

Run as `python -m bench.receive TEMPLATE COUNT` inside bin/bench; the processor time is that of the thread around the
service (its SQL, its promise, its event, its messages and the calls of the worker) and, apart, that of the database's
process that serves it.
"""

import json
import re
import statistics
import sys
import threading
import time
from datetime import date

import django

django.setup()

from django.db import connection  # noqa: E402  settings first

from accounts.enums import Role  # noqa: E402
from accounts.models import Membership, OrgUnit, User  # noqa: E402
from bench.data import submitted  # noqa: E402
from bench.load import cpu_seconds  # noqa: E402
from dossiers.models.dossier import Dossier  # noqa: E402
from dossiers.services import desk  # noqa: E402

THREADS = (1, 8, 32)


def desks() -> list[OrgUnit]:
    """Today's one-stop desks."""
    return list(
        OrgUnit.objects.filter(kind="desk", valid_to__isnull=True, parent__isnull=False)
        .select_related("parent")
        .order_by("pk")
    )


def prepare(template: int, count: int, units: list[OrgUnit]) -> list[int]:
    """Submitted dossiers with open intake work and a first event, dealt out to the desks in turn."""
    ids: list[list[int]] = []
    with connection.cursor() as cursor:
        link = cursor.connection
        for unit in units:
            made = submitted(link, template, count // len(units), unit.pk, unit.parent_id, unit.parent.authority_code)
            ids.append(made)
    return [pk for row in zip(*ids, strict=True) for pk in row]


def run(ids: list[int], clerk: User, threads: int) -> dict[str, object]:
    """Receive all of them; gives throughput, times and whether each desk's numbers are 1..n without a gap."""
    waiting, times, faults = list(reversed(ids)), [], []
    lock = threading.Lock()

    def work() -> None:
        try:
            while True:
                with lock:
                    if not waiting:
                        return
                    pk = waiting.pop()
                began = time.perf_counter()
                try:
                    desk.receive(dossier_id=pk, by=clerk)
                except Exception as error:  # noqa: BLE001  counted and shown
                    faults.append(type(error).__name__)
                else:
                    times.append(time.perf_counter() - began)
        finally:
            connection.close()

    began = time.perf_counter()
    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - began
    times.sort()
    return {
        "received": len(times),
        "per_second": round(len(times) / seconds, 1),
        "p50_ms": round(1000 * times[len(times) // 2], 1),
        "p95_ms": round(1000 * times[int(0.95 * len(times))], 1),
        "faults": faults[:3],
        "numbers_gapless": gapless(ids),
    }


def one_by_one(ids: list[int], clerk: User) -> dict[str, object]:
    """Receive all of them in one thread; gives processor time and statements of an act."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = [cursor.fetchone()[0]]
    spent, served = [], cpu_seconds(backend)
    for pk in ids:
        began = time.thread_time()
        desk.receive(dossier_id=pk, by=clerk)
        spent.append(1000 * (time.thread_time() - began))
    spent.sort()
    return {
        "received": len(spent),
        "cpu_ms": round(statistics.median(spent), 2),
        "cpu_p95_ms": round(spent[int(0.95 * len(spent))], 2),
        "database_cpu_ms": round(1000 * (cpu_seconds(backend) - served) / len(ids), 2),
    }


def gapless(ids: list[int]) -> bool:
    """Whether the numbers given to these dossiers are consecutive within each authority."""
    by_authority: dict[str, list[int]] = {}
    for authority, code in Dossier.objects.filter(pk__in=ids).values_list("authority_code", "code"):
        by_authority.setdefault(authority, []).append(int(re.search(r"(\d+)$", code or "0")[1]))
    return all(
        sorted(numbers) == list(range(min(numbers), min(numbers) + len(numbers))) for numbers in by_authority.values()
    )


def main() -> None:
    """Print one JSON object."""
    template, count = int(sys.argv[1]), int(sys.argv[2])
    clerk = User.objects.get(email="tiep-nhan@mau.example")
    units = desks()
    for unit in units:
        Membership.objects.get_or_create(
            user=clerk, unit=unit, role=Role.RECEPTIONIST, defaults={"valid_from": date(2025, 7, 1)}
        )
    run(prepare(template, 5 * len(units), units), clerk, 1)  # warm: plans, calendars, connections
    found: dict[str, object] = {"one": one_by_one(prepare(template, count, units), clerk)}
    for threads in THREADS:
        found[f"spread_{threads}"] = run(prepare(template, count, units), clerk, threads)
        found[f"hot_{threads}"] = run(prepare(template, count, units[:1]), clerk, threads)
    found["desks"] = len(units)
    found["hot_over_spread_32"] = round(found["hot_32"]["per_second"] / found["spread_32"]["per_second"], 2)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
