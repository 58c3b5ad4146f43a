"""Management commands from one process that has loaded the application and forks for each: only the first pays for loading.

Used by bin/demo, which runs several at a new start. The forks are ended with their supervisor.
"""

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import import_module
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock

# An interpreter of its own that never had a thread: what it forks is whole.
CONTEXT = multiprocessing.get_context("forkserver")
PRELOADED = ["running.loaded"]
GIVING_WAY = 5  # a third of the processor where two want it


class Commands:
    """Runs commands, several at once if wanted, in an environment that the first of them fixes."""

    def __init__(self) -> None:
        self.running: set[BaseProcess] = set()
        self.lock = Lock()

    def run(self, command: Sequence[str], env: Mapping[str, str], *, gives_way: bool = False) -> tuple[int, str]:
        """Run a command to its end; gives its exit code (below zero: the signal) and what it said.

        `gives_way`: what runs beside it has the processor first.
        """
        with tempfile.NamedTemporaryFile() as said:
            process = self._started(command, env, said.name, gives_way=gives_way)
            process.join()
            with self.lock:
                self.running.discard(process)
            return process.exitcode or 0, Path(said.name).read_text(encoding="utf-8", errors="replace")

    def _started(self, command: Sequence[str], env: Mapping[str, str], said: str, *, gives_way: bool) -> BaseProcess:
        with self.lock:
            os.environ.update(env)  # where the process that loads the application takes its environment from
            CONTEXT.set_forkserver_preload(PRELOADED)
            process = CONTEXT.Process(
                target=_work, args=(list(command), said, GIVING_WAY if gives_way else 0), daemon=True
            )
            process.start()
            self.running.add(process)
        return process

    def stop(self) -> None:
        """End what still runs."""
        with self.lock:
            for process in self.running:
                process.terminate()


def _work(command: list[str], said: str, nice: int) -> None:
    """In the fork: do what manage.py does, and say everything into the file."""
    with open(said, "ab", buffering=0) as out:  # noqa: PTH123  its number is what is needed
        os.dup2(out.fileno(), sys.stdout.fileno())
        os.dup2(out.fileno(), sys.stderr.fileno())
    os.nice(nice)
    fault = import_module("running.loaded").fault
    if fault:
        sys.exit(fault)
    import_module("django.core.management").execute_from_command_line(["manage.py", *command])
