"""Makes the kept installation of this version: `bin/make_upgrade_fixture`. Run it when a version is released, never to mend
a failing test: what an older version wrote is a fact.
"""

import json
import os
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

import django

from tests.house.source import ROOT
from tests.upgrades.tools import HERE, database, dump, pack, run

TELL = "import django; django.setup(); from tests.upgrades.story import tell; tell()"


def version() -> str:
    """The version in pyproject.toml."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def make(server: str, folder: Path, template: str = "template0") -> None:
    """Live through the story in an empty database and keep dump, files and facts in `folder`.

    `template`: a migrated database without rows to begin with, which spares the migrating.
    """
    var = Path(tempfile.mkdtemp(prefix="motcua-upgrade-"))
    try:
        with database(server, f"upgrade_make_{os.getpid()}", template) as url:
            run(url, var, "manage.py", "migrate", "--noinput", "--verbosity", "0")
            run(url, var, "-c", TELL)
            run(url, var, "manage.py", "check_dossiers")
            folder.mkdir(parents=True, exist_ok=True)
            dump(url, folder / "dump.sql.gz")
            pack(var, folder / "files.tar.gz")
            facts = json.loads(run(url, var, "-m", "tests.upgrades.facts"))
            text = json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True)
            (folder / "facts.json").write_text(text + "\n", encoding="utf-8")
    finally:
        shutil.rmtree(var)


if __name__ == "__main__":
    target = HERE / version()
    make(os.environ["DATABASE_URL"], target)
    size = sum(path.stat().st_size for path in target.iterdir())
    print(f"{target.relative_to(ROOT)}: {size // 1024} KB, Django {django.__version__}")
    sys.exit(0 if size < 1024 * 1024 else "larger than 1 MB")
