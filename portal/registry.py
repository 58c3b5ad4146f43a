"""A registry: what the rooms declare, by code. One for events, one for outgoing papers, for channels, reasons, acts.

Modules put their declarations in when they are imported; the room's `apps.py` imports them at start with `import_all`.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Generic, Protocol, TypeVar

from django.utils.functional import Promise


class Declared(Protocol):
    """What every declaration has: a short stable code and its name in words."""

    @property
    def code(self) -> str:
        """What is stored."""

    @property
    def label(self) -> str | Promise:
        """What people read."""


D = TypeVar("D", bound=Declared)


class Registry(Generic[D]):
    """Declarations of one kind, in the order they were added."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._declared: dict[str, D] = {}

    def add(self, declaration: D) -> D:
        """Put one in and give it back; the same code twice is a mistake of the programmer."""
        if declaration.code in self._declared:
            raise ValueError(f"{self.kind} {declaration.code} is declared already")
        self._declared[declaration.code] = declaration
        return declaration

    def remove(self, code: str) -> None:
        """Take one out again."""
        self._declared.pop(code, None)

    def label(self, code: str) -> str:
        """The name of a code; a code nobody declares (any more) speaks for itself."""
        found = self._declared.get(code)
        return str(found.label) if found is not None else code

    def get(self, code: str) -> D | None:
        """The declaration of a code, or None."""
        return self._declared.get(code)

    def __getitem__(self, code: str) -> D:
        try:
            return self._declared[code]
        except KeyError:
            raise LookupError(f"no {self.kind} {code!r} is declared") from None

    def __contains__(self, code: object) -> bool:
        return code in self._declared

    def __iter__(self) -> Iterator[D]:
        return iter(tuple(self._declared.values()))

    def __len__(self) -> int:
        return len(self._declared)


def import_all(package: str) -> None:
    """Import every module of a package, in the order of their names, so that their declarations are known."""
    for module in pkgutil.iter_modules(import_module(package).__path__):
        import_module(f"{package}.{module.name}")
