"""The one-server mode, as far as it can be checked without a container engine: it parses, and runs what bin/demo runs."""

import re
import shutil
import subprocess

import pytest
import yaml

from running.supervisor import Stack
from tests.house.source import ROOT

SERVE = (ROOT / "bin" / "serve").read_text()
ENTRY_POINTS = set(re.findall(r"^  ([a-z]+)\)$", SERVE, re.MULTILINE))
SETTINGS = (ROOT / "portal" / "settings.py").read_text() + SERVE


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_compose_runs_the_entry_points_of_bin_serve(compose):
    ours = {
        name: service["command"]
        for name, service in compose["services"].items()
        if service.get("image") == "mot-cua:local"
    }
    assert {name: command for name, command in ours.items() if command != ["bin/serve", name]} == {}
    assert set(ours) == ENTRY_POINTS == {"web", "worker", "beat", "migrate"}


def test_demo_runs_the_same_entry_points(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr("running.supervisor.Child.start", lambda child, _env: started.append(child.command))
    Stack(tmp_path, 0).start("web", "worker", "beat")
    assert started == [[str(ROOT / "bin" / "serve"), "--demo", name] for name in ("web", "worker", "beat")]


def test_compose_names_what_it_uses(compose):
    services, volumes = compose["services"], set(compose["volumes"])
    for name, service in services.items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in volumes or (ROOT / source).exists(), (name, source)
        after = service.get("depends_on", [])
        assert set(after) <= set(services), name


def test_compose_sets_only_variables_that_are_read(compose):
    names = set(compose["x-portal"]["environment"])
    assert {name for name in names if f'"{name}"' not in SETTINGS} == set()


def test_exactly_one_clock_and_one_migration(compose):
    assert "deploy" not in compose["services"]["beat"]
    assert compose["services"]["migrate"]["restart"] == "no"
    for name in ("web", "worker", "beat"):
        assert compose["services"][name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_no_secret_stands_in_the_files(compose):
    text = (ROOT / "docker-compose.yml").read_text() + (ROOT / "Dockerfile").read_text()
    assert not re.search(r"(?:PASSWORD|SECRET_KEY|IDENTITY_\w*KEYS?)(?:=|: )[^\s$]", text)
    assert ".env" in (ROOT / ".dockerignore").read_text().split()


def test_image_installs_the_lock_and_what_setup_installs():
    text = (ROOT / "Dockerfile").read_text()
    setup = (ROOT / "bin" / "setup").read_text()
    assert "--require-hashes -r requirements/app.txt" in text
    for package in ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-liberation"):
        assert package in text
        assert package in setup
    assert re.search(r"^USER (?!root)", text, re.MULTILINE)
    assert 'CMD ["bin/serve", "web"]' in text


def test_caddyfile_is_balanced_and_reaches_web():
    text = (ROOT / "Caddyfile").read_text()
    assert text.count("{") == text.count("}")
    assert "reverse_proxy web:8000" in text
    assert int(re.search(r"max_size (\d+)MB", text)[1]) > 50, "a whole dossier may be sent"


def test_commit_hooks_parse_and_call_tools_of_the_lock():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert {repo["repo"] for repo in hooks} == {"local"}


@pytest.mark.parametrize("script", ["demo", "setup", "serve", "test", "lock", "pytest", "make_upgrade_fixture"])
def test_shell_scripts_parse(script):
    path = ROOT / "bin" / script
    assert "set -euo pipefail" in path.read_text()
    subprocess.run([shutil.which("bash"), "-n", path], check=True, timeout=10)
