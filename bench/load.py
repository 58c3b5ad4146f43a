"""A small load generator on the standard library, and processor time of process trees from /proc."""

import http.client
import os
import statistics
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(roots: list[int]) -> float:
    """User and system time of these processes, their living descendants and what they have reaped."""
    facts = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                rest = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            facts[int(entry.name)] = (int(rest[1]), sum(int(part) for part in rest[11:15]))
    wanted, grown = set(roots), True
    while grown:
        grown = {pid for pid, (parent, _ticks) in facts.items() if parent in wanted} - wanted
        wanted |= grown
    return sum(facts[pid][1] for pid in wanted if pid in facts) / TICK


def server_of(backend: int) -> list[int]:
    """The database server on this machine that one of its processes belongs to; nothing where it is another machine's."""
    own = Path(f"/proc/{backend}/stat")
    return [int(own.read_text().rpartition(")")[2].split()[1])] if own.exists() else []


@dataclass
class Measured:
    """What one page did in one round."""

    seconds: float
    times: list[float] = field(default_factory=list)
    faults: int = 0
    bytes: int = 0
    server_cpu: float = 0
    database_cpu: float = 0

    def summary(self) -> dict[str, float]:
        """Figures of one round."""
        count = len(self.times) or 1
        ordered = sorted(self.times)
        return {
            "requests": len(self.times),
            "faults": self.faults,
            "rps": len(self.times) / self.seconds,
            "p50_ms": 1000 * ordered[len(ordered) // 2] if ordered else 0,
            "p95_ms": 1000 * ordered[int(len(ordered) * 0.95)] if ordered else 0,
            "server_cpu_ms": 1000 * self.server_cpu / count,
            "database_cpu_ms": 1000 * self.database_cpu / count,
            "bytes": self.bytes,
        }


def measure(
    port: int, path: str, *, cookie: str, clients: int, seconds: float, server: list[int], database: list[int]
) -> Measured:
    """Ask one page from `clients` threads over kept connections for some seconds."""
    found = Measured(seconds)
    end = time.monotonic() + seconds
    before = cpu_seconds(server), cpu_seconds(database)
    threads = [threading.Thread(target=_client, args=(port, path, cookie, end, found)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.server_cpu = cpu_seconds(server) - before[0]
    found.database_cpu = cpu_seconds(database) - before[1]
    return found


def _client(port: int, path: str, cookie: str, end: float, found: Measured) -> None:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Host": "localhost", "Accept-Language": "vi", **({"Cookie": cookie} if cookie else {})}
    while time.monotonic() < end:
        began = time.perf_counter()
        link.request("GET", path, headers=headers)
        answer = link.getresponse()
        body = answer.read()
        if answer.status == http.client.OK:
            found.times.append(time.perf_counter() - began)
            found.bytes = len(body)
        else:
            found.faults += 1
            if found.faults > 50:
                break
    link.close()


def middle(rounds: list[dict[str, float]]) -> dict[str, float]:
    """The median round, figure by figure."""
    return {name: round(statistics.median(one[name] for one in rounds), 2) for name in rounds[0]}
