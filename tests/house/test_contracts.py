"""Import contracts: every room has its stairs, and no module of it stands beside them."""

import re
import tomllib

import pytest

from tests.house.source import ROOMS, ROOT

LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
STAIRS = {
    contract["containers"][0]: contract
    for contract in LINTER["contracts"]
    if "." not in contract.get("containers", ["."])[0]  # packages inside a room may have stairs of their own
}


def test_every_room_is_looked_at():
    assert set(LINTER["root_packages"]) == set(STAIRS) == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_has_its_place(room):
    """The linter refuses one without; here it is named without waiting for the linter."""
    assert STAIRS[room]["exhaustive"] is True
    assert "exhaustive_ignores" not in STAIRS[room]
    placed = [name for line in STAIRS[room]["layers"] for name in re.split(r" [:|] ", line)]
    there = {
        path.stem
        for path in (ROOT / room).iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }
    assert set(placed) == there, f"give it a line in pyproject.toml, stairs inside {room}"
    assert len(placed) == len(there)
