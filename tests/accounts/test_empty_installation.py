"""An installation without rows: what import_units and create_administrator write there, what they refuse."""

import io
from datetime import date

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from accounts import seeds
from accounts.enums import Role
from accounts.models import OrgUnit, Place, PlaceChange, User

pytestmark = [pytest.mark.django_db, pytest.mark.unit]


def test_outside_demo_the_cast_is_refused(settings):
    settings.DEMO = False
    with pytest.raises(ImproperlyConfigured):
        seeds.load()
    assert not User.objects.exists()


def test_import_units_is_dry_then_writes_then_shows_the_difference(capsys, tmp_path):
    call_command("import_units")
    assert "Nothing was written" in capsys.readouterr().out
    assert not OrgUnit.objects.exists()
    call_command("import_units", "--write")
    OrgUnit.objects.filter(code="p-vung-tau").update(phone="0254 3 000 000")
    capsys.readouterr()
    call_command("import_units", "--write")
    out = capsys.readouterr().out
    assert "~ p-vung-tau.phone: 0254 3 000 000 ->" in out
    assert "local edits kept" in out
    assert OrgUnit.objects.get(code="p-vung-tau").phone == "0254 3 000 000"
    call_command("import_units", "--write", "--overwrite")
    assert OrgUnit.objects.get(code="p-vung-tau").phone == ""


def test_all_wards_of_the_former_province_know_what_became_of_them(capsys):
    call_command("import_units", "--write")
    own = set(PlaceChange.objects.values_list("old__code", "new__code"))
    for added in (61 + 25, 0):
        before = Place.objects.count()
        call_command("import_units", "--write", "--all-wards")
        assert Place.objects.count() - before == added
    changes = PlaceChange.objects.filter(old__kind="ward")
    assert changes.count() == 78
    assert changes.values("new").distinct().count() == 30
    assert own <= set(PlaceChange.objects.values_list("old__code", "new__code"))
    assert not changes.exclude(old__valid_to=date(2025, 6, 30), new__valid_from=date(2025, 7, 1)).exists()


def test_import_units_names_broken_rows_and_imports_the_rest(capsys, tmp_path):
    broken = tmp_path / "units.json"
    broken.write_text(
        '{"units": [{"code": "a", "name": "A", "kind": "ward", "valid_from": "2025-07-01"}, 7,'
        ' {"code": "a", "name": "A", "kind": "ward", "valid_from": "2025-07-01"},'
        ' {"code": "b", "name": "B", "kind": "planet", "valid_from": "2025-07-01"},'
        ' {"code": "c", "name": "C", "kind": "ward", "valid_from": "31/02/2025"},'
        ' {"code": "d", "name": "D", "kind": "ward", "valid_from": "2025-07-01", "parent": "z"}]}',
        encoding="utf-8",
    )
    call_command("import_units", str(broken), "--write")
    out = capsys.readouterr().out
    assert "Units created: 1" in out
    assert "faulty rows: 5" in out


@pytest.mark.parametrize("typed", ["", "123\n"])
def test_administrator_without_a_right_number_is_not_made(monkeypatch, typed):
    call_command("import_units", "--write")
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    with pytest.raises(CommandError):
        call_command("create_administrator", "--name", "Nguyễn Quản Trị", "--email", "qt@tinh.example", "--unit", "hcm")
    assert not User.objects.exists()


def test_first_administrator_can_be_made_on_an_empty_installation(capsys, monkeypatch):
    call_command("import_units", "--write")
    monkeypatch.setattr("sys.stdin", io.StringIO("077190000123\n"))
    call_command(
        "create_administrator", "--name", "Nguyễn Quản Trị", "--email", "quan-tri@tinh.example", "--unit", "hcm"
    )
    user = User.objects.get()
    assert user.must_change_password
    assert user.check_password(capsys.readouterr().out.split()[-1])
    assert user.memberships.get().role == Role.ADMINISTRATOR
