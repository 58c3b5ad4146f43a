"""Search over names and usual names, without accents, case or much care for typing; bodies come last, from the database.

An index of names lies in each process and is rebuilt when the catalogue's version (a PublicFact) changes, so that
every process notices a publication. Called by procedures.queries; `entry_of` and `bump` by procedures.services.
"""

import math
import threading
import uuid
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from portal import clock
from portal.text import clean, fold
from procedures.enums import FactKey, RevisionState
from procedures.models import LifeEvent, Procedure, PublicFact, Revision, SearchEntry

LONGEST_QUERY = 200
ENOUGH = 5  # so many names found: bodies need not be read
SCATTERED = 0.15  # the words asked for make up less of a name: they stand there by chance
SURE, DOUBTFUL = 60.0, 35.0  # once a name holds the phrase, guesses are left out
# Words that stand in half of all names; they narrow nothing and are no reason to show a procedure.
EMPTY_WORDS = frozenset(
    fold("thủ tục đăng ký cấp giấy cho của và các ở tại xin làm như thế nào cần gì với để muốn tôi là").split()
)
# What people say, and what the sheets say (both folded). Longer phrases are tried first.
SYNONYMS = {
    "dang ky khai sinh cho con": "dang ky khai sinh",
    "khai sinh cho con": "khai sinh",
    "khai sinh con": "khai sinh",
    "giay khai sinh": "khai sinh",
    "con moi sinh": "khai sinh",
    "em be moi sinh": "khai sinh",
    "giay chung tu": "khai tu",
    "giay bao tu": "khai tu",
    "giay ket hon": "dang ky ket hon",
    "giay doc than": "xac nhan tinh trang hon nhan",
    "doc than": "tinh trang hon nhan",
    "so do": "giay chung nhan quyen su dung dat",
    "so hong": "giay chung nhan quyen su dung dat",
    "sao y ban chinh": "chung thuc ban sao tu ban chinh",
    "sao y": "chung thuc ban sao",
    "cong chung": "chung thuc",
    "xin phep xay nha": "giay phep xay dung nha o",
    "gpxd": "giay phep xay dung",
    "hkd": "ho kinh doanh",
    "cccd": "can cuoc",
    "cmnd": "can cuoc",
    "chung minh nhan dan": "can cuoc",
    "can cuoc cong dan": "can cuoc",
    "gplx": "giay phep lai xe",
    "bang lai xe": "giay phep lai xe",
    "bang lai": "giay phep lai xe",
    "bhyt": "bao hiem y te",
    "bhxh": "bao hiem xa hoi",
    "ho khau": "thuong tru",
    "kt3": "tam tru",
    "1 cua": "mot cua",
}
_SYNONYMS = sorted(SYNONYMS.items(), key=lambda pair: -len(pair[0]))


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One procedure as the index holds it. `phrases` are its folded usual names."""

    key: int
    code: str
    name: str
    folded: str
    words: frozenset[str]
    phrases: frozenset[str]
    accented_phrases: frozenset[str]
    weight: float
    is_internal: bool
    field_id: int
    events: frozenset[int]
    windows: tuple[tuple[date, date | None], ...]

    def in_force(self, day: date) -> bool:
        """Tell whether a published revision holds on that day."""
        return any(start <= day and (end is None or day <= end) for start, end in self.windows)


@dataclass
class Index:
    """Inverted index of words in names and usual names; immutable once built."""

    version: str
    entries: list[IndexEntry] = field(default_factory=list)
    postings: dict[str, list[int]] = field(default_factory=dict)
    near: dict[str, set[str]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    def rarity(self, word: str) -> float:
        """How much a word tells: high when few names hold it."""
        return math.log(1 + len(self.entries) / (1 + len(self.postings.get(word, ()))))

    def listed(self, day: date, *, with_internal: bool) -> list[IndexEntry]:
        """Entries in force on a day, the most used first."""
        return [entry for entry in self.entries if entry.in_force(day) and (with_internal or not entry.is_internal)]

    def alternatives(self, word: str, *, last: bool) -> list[str]:
        """Words of the index meant by a typed one: itself, words it begins (while typing), else near misses."""
        if word in self.postings:
            return [word]
        if last:
            found = self._beginning_with(word)
            if found:
                return found
        close = {match for cut in _cuts(word) for match in self.near.get(cut, ())}
        return sorted(close, key=lambda match: (-len(self.postings[match]), match))[:3]

    def _beginning_with(self, word: str) -> list[str]:
        place = bisect_left(self.words, word)
        found: list[str] = []
        while place < len(self.words) and self.words[place].startswith(word) and len(found) < 12:
            found.append(self.words[place])
            place += 1
        return found


_current: Index | None = None
_building = threading.Lock()


def find(text: str, *, limit: int = 20, with_internal: bool = False, with_body: bool = True) -> list[int]:
    """Give ids of procedures in force for a query, best first.

    Rank: code, exact name with accents, folded name or usual name, phrase in the name, all words in the name,
    words in name or usual names, body.
    """
    query = clean(text[:LONGEST_QUERY]).casefold()
    if not fold(query):
        return []
    index = current()
    day = clock.today()
    phrases = _phrases(fold(query))
    scores = {place: 0.0 for place, entry in enumerate(index.entries) if entry.code == query}
    if scores:
        with_body = False
    else:
        for phrase in phrases:
            _score(index, phrase, query, scores)
    ranked = sorted(scores, key=lambda place: (-scores[place], index.entries[place].name, place))
    if ranked and scores[ranked[0]] >= SURE:
        ranked = [place for place in ranked if scores[place] >= DOUBTFUL]
    shown = [index.entries[place] for place in ranked]
    keys = [entry.key for entry in shown if entry.in_force(day) and (with_internal or not entry.is_internal)][:limit]
    if with_body and len(keys) < ENOUGH:
        found = _in_bodies(phrases[-1])
        rest = [entry for entry in index.listed(day, with_internal=with_internal) if entry.key in found]
        keys += [entry.key for entry in rest if entry.key not in keys][: limit - len(keys)]
    return keys


def listed(day: date, *, with_internal: bool = False) -> list[IndexEntry]:
    """Give the procedures in force on a day, the most used first, without asking the database for each."""
    return current().listed(day, with_internal=with_internal)


def current() -> Index:
    """Give the index of the catalogue as it is now; one small query when nothing changed."""
    global _current  # noqa: PLW0603  one per process, replaced whole
    version = _version()
    if _current is None or _current.version != version:
        with _building:
            if _current is None or _current.version != version:
                _current = _build(version)
    return _current


def entry_of(procedure: Procedure, revision: Revision, papers: Iterable[str]) -> SearchEntry:
    """Make the search row of a procedure: folded name and usual names by line, and the folded words of its sheet."""
    lines = [_bare(fold(revision.name)), *(fold(phrase) for phrase in procedure.keywords.split(","))]
    text = [procedure.code, procedure.field.name, revision.what_you_get, revision.conditions[:2000], *papers]
    text += [str(result.get("name", "")) for result in revision.results]
    words = sorted(set(fold(" ".join(text)).split()))
    body = f" {' '.join(words)} "
    return SearchEntry(procedure=procedure, name="\n".join(line for line in lines if line), body=body)


def bump() -> None:
    """Tell every process that names changed."""
    PublicFact.objects.update_or_create(
        procedure=None, key=FactKey.CATALOGUE_VERSION, defaults={"value": uuid.uuid4().hex, "as_of": clock.now()}
    )


def _version() -> str:
    value = (
        PublicFact.objects.filter(procedure=None, key=FactKey.CATALOGUE_VERSION).values_list("value", flat=True).first()
    )
    return str(value or "")


def _build(version: str) -> Index:
    index = Index(version=version)
    postings: dict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(_entries()):
        for word in entry.words | _words(entry.phrases):
            postings[word].append(place)
        index.entries.append(entry)
    index.postings = dict(postings)
    index.words = sorted(postings)
    index.near = _near(index.words)
    return index


def _entries() -> Iterator[IndexEntry]:
    """Read every search row with what lists need; three queries."""
    windows: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    valid = Revision.objects.filter(state=RevisionState.PUBLISHED)
    for key, start, end in valid.values_list("procedure_id", "valid_from", "valid_to"):
        windows[key].append((start, end))
    events: dict[int, set[int]] = defaultdict(set)
    for key, event in LifeEvent.procedures.through.objects.values_list("procedure_id", "lifeevent_id"):
        events[key].add(event)
    rows = SearchEntry.objects.order_by("-procedure__popularity", "procedure__name", "pk").values_list(
        "pk",
        "name",
        "procedure__code",
        "procedure__name",
        "procedure__keywords",
        "procedure__popularity",
        "procedure__is_internal",
        "procedure__field_id",
    )
    for key, folded, code, name, keywords, popularity, is_internal, field_id in rows:
        head, *phrases = folded.split("\n")
        yield IndexEntry(
            key=key,
            code=code.casefold(),
            name=_bare(clean(name).casefold()),
            folded=head,
            words=frozenset(head.split()),
            phrases=frozenset(phrases),
            accented_phrases=frozenset(clean(phrase).casefold() for phrase in keywords.split(",") if phrase.strip()),
            weight=math.log1p(popularity) / 3,
            is_internal=is_internal,
            field_id=field_id,
            events=frozenset(events[key]),
            windows=tuple(windows[key]),
        )


def _phrases(folded: str) -> list[str]:
    """What was typed, and the same in the words of the sheets."""
    said, padded = _bare(folded), f" {folded} "
    for spoken, written in _SYNONYMS:
        if f" {spoken} " in padded:
            return [said, _bare(padded.replace(f" {spoken} ", f" {written} ").strip())]
    return [said]


def _score(index: Index, phrase: str, query: str, scores: dict[int, float]) -> None:
    """Score every entry that holds enough of a phrase; keep the best score of each."""
    typed = phrase.split()
    choices = [index.alternatives(word, last=place == len(typed) - 1) for place, word in enumerate(typed)]
    meant = " ".join(options[0] if options else word for word, options in zip(typed, choices, strict=True))
    weights = [index.rarity(options[0]) if options else 1.0 for options in choices]
    held: Counter[int] = Counter()
    gained: dict[int, float] = defaultdict(float)
    for options, weight in zip(choices, weights, strict=True):
        for place in {place for word in options for place in index.postings[word]}:
            held[place] += 1
            gained[place] += weight
    everything = sum(weights) or 1.0
    telling = {word for options in choices for word in options} - EMPTY_WORDS
    for place, count in held.items():
        entry = index.entries[place]
        share = gained[place] / everything
        if count < len(typed) and (share < 0.6 or not telling & (entry.words | _words(entry.phrases))):
            continue
        score = _rank(entry, {phrase, meant}, query, choices, share) + entry.weight
        scores[place] = max(score, scores.get(place, 0.0))


def _rank(entry: IndexEntry, phrases: set[str], query: str, choices: list[list[str]], share: float) -> float:
    bare = _bare(query)
    if entry.name == bare or bare in entry.accented_phrases:
        return 120.0 if entry.name == bare else 110.0
    if entry.folded in phrases or entry.phrases & phrases:
        return 100.0
    coverage = len(choices) / max(len(choices), len(entry.words))
    accent = 3.0 if bare in entry.name else 0.0
    if any(f" {phrase}" in f" {entry.folded}" for phrase in phrases):
        return 60.0 + 25.0 * coverage + accent
    if any(f" {phrase}" in f" {usual}" for phrase in phrases for usual in entry.phrases):
        return 58.0  # part of a usual name
    if all(entry.words.intersection(options) for options in choices):
        # Two words somewhere in a name of thirty are chance; they stay only when nothing better is found.
        return 40.0 + 15.0 * coverage + accent if coverage >= SCATTERED else 25.0
    return 30.0 if share >= 1.0 else 25.0 * share


def _in_bodies(phrase: str) -> set[int]:
    words = [word for word in phrase.split() if word not in EMPTY_WORDS]
    rows = SearchEntry.objects.all() if words else SearchEntry.objects.none()
    for word in words[:8]:
        rows = rows.filter(body__contains=f" {word} ")
    return set(rows.values_list("pk", flat=True))


def _words(phrases: Iterable[str]) -> set[str]:
    return {word for phrase in phrases for word in phrase.split()}


def _bare(name: str) -> str:
    """A name without the words "thủ tục" that open half of them."""
    return name.removeprefix("thủ tục ").removeprefix("thu tuc ")


def _near(words: list[str]) -> dict[str, set[str]]:
    near: dict[str, set[str]] = defaultdict(set)
    for word in words:
        if word.isalpha():
            for cut in _cuts(word):
                near[cut].add(word)
    return dict(near)


def _cuts(word: str) -> Iterator[str]:
    """A word and the word with one letter left out: two words one slip apart share one of these."""
    if len(word) < 3:
        return
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]
