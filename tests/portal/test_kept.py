"""Answers kept a minute: asked once, asked again when old, bounded, forgotten on demand."""

import pytest

from portal import kept
from portal.kept import Kept


@pytest.fixture
def now(monkeypatch):
    moment = [1000.0]
    monkeypatch.setattr(kept.time, "monotonic", lambda: moment[0])
    return moment


@pytest.fixture
def names():
    values = Kept()
    yield values
    kept._all.remove(values)


def reader(asked):
    def read(keys):
        asked.append(list(keys))
        return {key: f"tên {key}" for key in keys if key != 404}

    return read


def test_only_what_is_missing_is_asked_and_each_key_once(names, now):
    asked = []
    assert names.many([1, 2, 1], reader(asked)) == {1: "tên 1", 2: "tên 2"}
    assert names.many(iter([2, 3]), reader(asked)) == {2: "tên 2", 3: "tên 3"}
    assert asked == [[1, 2], [3]]


def test_unknown_keys_are_left_out_and_asked_again(names, now):
    asked = []
    assert names.many([404], reader(asked)) == {}
    assert names.many([404], reader(asked)) == {}
    assert asked == [[404], [404]]
    assert names.many([], reader(asked)) == {}
    assert len(asked) == 2


def test_after_a_minute_it_is_asked_anew(names, now):
    asked = []
    names.many([1], reader(asked))
    now[0] += kept.KEEP_SECONDS - 0.1
    names.many([1], reader(asked))
    now[0] += 0.1
    names.many([1], reader(asked))
    assert asked == [[1], [1]]


def test_it_holds_no_more_than_its_share(names, now, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 3)
    asked = []
    names.many([1, 2, 3], reader(asked))
    assert names.many([4], reader(asked)) == {4: "tên 4"}
    assert names.many([1], reader(asked)) == {1: "tên 1"}
    assert asked == [[1, 2, 3], [4], [1]]


def test_one_and_forgetting(names, now):
    calls = []
    assert names.one("a", lambda: calls.append(1) or "x") == "x"
    assert names.one("a", lambda: calls.append(1) or "y") == "x"
    kept.forget_all()
    assert names.one("a", lambda: calls.append(1) or "z") == "z"
    assert len(calls) == 2
