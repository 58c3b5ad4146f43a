"""Boards, lists, exports and the ledger's insert in a loaded database, for `bin/bench --scale`. Prints JSON.

Run as `python -m bench.at_scale 2022-09`. Pages are asked in this process, one after another, signed in as home affairs.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable

import django

django.setup()

from django.db import connection, transaction  # noqa: E402  settings first
from django.test import Client  # noqa: E402

from accounts.enums import Role  # noqa: E402
from accounts.models import Membership, User  # noqa: E402
from bench.load import cpu_seconds, server_of  # noqa: E402
from dossiers.models.event import DossierEvent  # noqa: E402
from portal import clock  # noqa: E402
from portal.clock import Month  # noqa: E402
from reporting.enums import ExportForm, ExportState  # noqa: E402
from reporting.exports import making  # noqa: E402
from reporting.models import FactDossier, ListExport, Run  # noqa: E402
from reporting.snapshot import freeze_month  # noqa: E402

TIMES = 15
INSERTED = 1000
LIST = "/so-lieu/danh-sach/{month}/online_share_all/{basis}/chung/mau-so/"
PAGES = {
    "board": "/so-lieu/?thang={month}",
    "outlook": "/so-lieu/du-kien/{month}/online_share_all/chung/",
    "heat table": "/so-lieu/so-sanh/?thang={month}&chi-so=online_share_all",
    "ranking": "/so-lieu/so-sanh/xep-hang/?thang={month}&chi-so=online_share_all",
    "same mix": "/so-lieu/so-sanh/co-cau/?thang={month}&chi-so=online_share_all",
    "durations": "/so-lieu/bao-lau/?thang={month}",
    "lateness": "/so-lieu/tre-hen/?thang={month}",
    "funnel": "/so-lieu/toi-dau/?thang={month}",
    "officers": "/so-lieu/can-bo/?thang={month}",
    "procedures": "/so-lieu/thu-tuc/?thang={month}",
    "form II.06a": "/so-lieu/bieu-ii-06a/?thang={month}",
    "public": "/so-lieu/cong-khai/?thang={month}",
}
# The same pages over all days of the year.
TO_DATE = ("same mix", "durations", "lateness", "funnel", "officers", "procedures")


def database_pids() -> list[int]:
    """The database server that this process asks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return server_of(cursor.fetchone()[0])


def milliseconds(work: Callable[[], object]) -> float:
    """Of one call."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def home_affairs() -> tuple[Client, User]:
    """Somebody who sees every unit, signed in as the demo signs people in."""
    user = Membership.objects.filter(role=Role.HOME_AFFAIRS, valid_to=None).select_related("user").earliest("pk").user
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    session = client.session
    session["demo_person"] = True
    session.save()
    return client, user


def asked(client: Client, address: str) -> dict[str, float]:
    """How a page is served: middle and 95 of 100, in milliseconds, and processor time. Its statements are counted in tests."""
    began = time.perf_counter()
    first = client.get(address)
    once = 1000 * (time.perf_counter() - began)
    if first.status_code != 200:
        raise SystemExit(f"{address}: {first.status_code}")
    servers = database_pids()
    own, theirs = time.process_time(), cpu_seconds(servers)
    took = sorted(milliseconds(lambda: client.get(address)) for _time in range(TIMES))
    return {
        "first_ms": round(once, 1),
        "middle_ms": round(statistics.median(took), 1),
        "p95_ms": round(took[-(TIMES // 20) - 1], 1),
        "own_cpu_ms": round((time.process_time() - own) * 1000 / TIMES),
        "database_cpu_ms": round((cpu_seconds(servers) - theirs) * 1000 / TIMES),
        "kilobytes": round(len(first.content) / 1000),
    }


def closed(client: Client, month: Month) -> dict[str, object]:
    """The same pages of a month that is closed: the first reader's request, and those that come after it."""
    is_closed = Run.objects.filter(month=month.first_day, frozen_at__isnull=False).exists()
    took = 0 if is_closed else milliseconds(lambda: freeze_month(month))
    pages = {name: asked(client, f"{PAGES[name].format(month=month)}&ky=cumulative") for name in TO_DATE}
    return {"close_ms": round(took), **pages}


def exported(user: User, address: str, form: ExportForm) -> dict[str, float]:
    """A whole list written as a file."""
    order = ListExport.objects.create(
        asked_by=user, address=address, title="Đo", form=form, total=0, asked_at=clock.now()
    )
    took = milliseconds(lambda: making.make(order.pk))
    order.refresh_from_db()
    if order.state != ExportState.DONE:
        raise SystemExit(f"export {form}: {order.state}")
    return {"rows": order.rows_done, "ms": round(took), "rows_a_second": round(order.rows_done / took * 1000)}


def inserted() -> float:
    """Milliseconds of one more event of the ledger, with its triggers; taken back again."""
    names = [field.column for field in DossierEvent._meta.concrete_fields]
    kept = ", ".join(f'"{name}"' for name in names if name not in {"id", "seq"})
    statement = f"INSERT INTO dossiers_dossierevent (seq, {kept}) SELECT seq + 100, {kept} FROM dossiers_dossierevent WHERE id = %s"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM dossiers_dossierevent WHERE seq = 1 ORDER BY dossier_id DESC LIMIT %s", [INSERTED]
        )
        ids = [row[0] for row in cursor.fetchall()]
        took = milliseconds(lambda: [cursor.execute(statement, [pk]) for pk in ids])
        transaction.set_rollback(True)
    return round(took / len(ids), 3)


def main() -> None:
    """Measure and print."""
    month = Month.parse(sys.argv[1])
    client, user = home_affairs()
    far = FactDossier.objects.order_by("pk").values_list("pk", flat=True)[1000]
    lists = {
        "first page": LIST.format(month=month, basis="cumulative"),
        "a page near the end": LIST.format(month=month, basis="cumulative") + f"?sau={far}",
    }
    year = LIST.format(month=month, basis="cumulative")
    found = {
        "pages": {name: asked(client, path.format(month=month)) for name, path in PAGES.items()},
        "year to date": {name: asked(client, f"{PAGES[name].format(month=month)}&ky=cumulative") for name in TO_DATE},
        "lists": {name: asked(client, path) for name, path in lists.items()},
        "closed month, year to date": closed(client, month.previous),
        "export": {form.value: exported(user, year, form) for form in ExportForm},
        "ledger_insert_ms": inserted(),
    }
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
