"""Random queries over the small world, as hypothesis strategies."""

from __future__ import annotations

from urllib.parse import quote_plus

from hypothesis import strategies as st

from prove.search.known import KNOWN
from prove.search.oracle import INSIDE
from prove.search.small_world import DATES, NUMBERS, URLS, L, S, U

PREFIXES = ["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"]
TOKENS = ["a", "b", "c", f"{L}|a", f"{L}|b", f"{S}|a", "|c", f"{L}|", f"{S}|", "zz", "|a"]
PLAIN = {
    "status": ["final", "preliminary", "finished", "active", "none"],
    "gender": ["male", "female", "unknown"],
    "active": ["true", "false"],
    "identifier": ["1", "2", f"{L}|1", f"{S}|2", "|3", f"{L}|", r"x\,y"],
    "_id": ["patient-1", "observation-3", "encounter-2", "organization-0", "nobody"],
}
TEXTS = ["smi", "Smith", "smithson", "zoe", "Zoë", "o'b", "ann", "Anne", "b", "blood", "Blood pres",
         "weight", "uebel", "ube", "north", "Leeds", "leeds", r"Müller\, Dr", "alpha"]  # fmt: skip
LINKS = {
    "Patient": "patient-{}",
    "Encounter": "encounter-{}",
    "Organization": "organization-{}",
    "Practitioner": "practitioner-{}",
    "Observation": "observation-{}",
}
UNITS = ["", f"|{U}|kg", "||kg", f"|{U}|mg", "||mg", f"|{U}|g"]
SETS = {"gender": "administrative-gender", "status": "publication-status"}


@st.composite
def value(draw: st.DrawFn, type: str, name: str) -> tuple[str, str]:
    """(modifier, text) for a parameter."""
    known = KNOWN[type][name]
    modifiers = {"token": ["", "", "not"], "string": ["", "exact", "contains"],
                 "uri": ["", "below", "above"], "reference": ["", "identifier"]}  # fmt: skip
    if name != "_id" and name != "_lastUpdated" and draw(st.integers(0, 9)) == 0:
        return "missing", draw(st.sampled_from(["true", "false"]))
    if known.kind == "token" and name not in PLAIN and draw(st.integers(0, 9)) == 0:
        return "text", draw(st.sampled_from(["blood", "weight", "Übel"]))
    if name in SETS and draw(st.integers(0, 3)) == 0:
        url = f"http://hl7.org/fhir/ValueSet/{SETS[name]}"
        return draw(st.sampled_from(["in", "not-in"])), url
    modifier = draw(st.sampled_from(modifiers.get(known.kind, [""])))
    if name == "_id":
        modifier = draw(st.sampled_from(["", "not"]))
    count = draw(st.integers(1, 2))
    texts = [draw(one(known.kind, known.targets, name, modifier)) for _ in range(count)]
    return modifier, ",".join(texts)


@st.composite
def one(draw: st.DrawFn, kind: str, targets: tuple[str, ...], name: str, modifier: str) -> str:
    """One value of a kind."""
    if kind == "date":
        text = draw(st.sampled_from([*DATES, "1940", "1980-07-01", "2000", "2026"]))
        return draw(st.sampled_from(PREFIXES)) + text
    if kind == "number":
        text = draw(st.sampled_from(["0.05", "0.1", "0.5", "1", "0.06"]))
        return draw(st.sampled_from(PREFIXES)) + text
    if kind == "quantity":
        text = draw(st.sampled_from(PREFIXES)) + draw(st.sampled_from(NUMBERS))
        return text + draw(st.sampled_from(UNITS))
    if kind == "string":
        return draw(st.sampled_from(TEXTS))
    if kind == "uri":
        gathered = [*URLS, "http://v.example", "http://v.example/a/b/c", "http://p.example/one",
                    "http://p.example/two", "http://p.example/two|1.0", "http://gp.example/x",
                    "http://gp.example"]  # fmt: skip
        return draw(st.sampled_from(gathered))
    if kind == "reference" and modifier == "identifier":
        return draw(st.sampled_from(PLAIN["identifier"]))
    if kind == "reference":
        type = draw(st.sampled_from([t for t in targets if t in LINKS]))
        id = LINKS[type].format(draw(st.integers(0, 6)))
        return draw(st.sampled_from([f"{type}/{id}", id]))
    if kind == "composite":
        left = draw(st.sampled_from(TOKENS))
        if name.endswith("quantity"):
            return f"{left}${draw(one('quantity', (), '', ''))}"
        return f"{left}${draw(st.sampled_from(TOKENS))}"
    return draw(st.sampled_from(PLAIN.get(name, TOKENS)))


@st.composite
def condition(draw: st.DrawFn, type: str, depth: int = 2) -> str:
    """One `name=value`, percent-encoded, perhaps through chains."""
    way = draw(st.integers(0, 9)) if depth else 9
    if way == 0:
        return draw(reverse(type, depth))
    if way in (1, 2):
        return draw(chain(type, depth))
    if way == 3:
        named = st.lists(st.integers(0, 4), min_size=1, max_size=2, unique=True)
        return "_list=" + ",".join(f"list-{number}" for number in draw(named))
    name = draw(st.sampled_from(sorted(KNOWN[type])))
    modifier, text = draw(value(type, name))
    return f"{name}{modifier and ':' + modifier}={quote_plus(text)}"


@st.composite
def chain(draw: st.DrawFn, type: str, depth: int) -> str:
    """A condition on what a reference leads to, with its type."""
    names = [name for name, known in KNOWN[type].items() if known.kind == "reference"]
    if not names:
        return draw(condition(type, 0))
    name = draw(st.sampled_from(sorted(names)))
    targets = [target for target in KNOWN[type][name].targets if target in KNOWN]
    target = draw(st.sampled_from(targets))
    inner = draw(condition(target, depth - 1))
    return f"{name}:{target}.{inner}"


@st.composite
def reverse(draw: st.DrawFn, type: str, depth: int) -> str:
    """A condition on what refers here."""
    sources = [
        (source, name)
        for source, names in sorted(KNOWN.items())
        for name, known in sorted(names.items())
        if known.kind == "reference" and type in known.targets
    ]
    if not sources:
        return draw(condition(type, 0))
    source, name = draw(st.sampled_from(sources))
    inner = draw(condition(source, depth - 1))
    return f"_has:{source}:{name}:{inner}"


@st.composite
def query(draw: st.DrawFn, type: str = "") -> tuple[str, str]:
    """(type, query string): up to three conditions, an order, a page size."""
    kinds = ["Observation", "Observation", "Observation", *sorted(KNOWN)]
    type = type or draw(st.sampled_from(kinds))
    parts = [draw(condition(type)) for _ in range(draw(st.integers(0, 3)))]
    keys = [name for name, known in sorted(KNOWN[type].items()) if known.kind != "composite"]
    keys.remove("_lastUpdated")
    if draw(st.booleans()):
        chosen = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=2, unique=True))
        parts.append("_sort=" + ",".join(draw(st.sampled_from(["", "-"])) + key for key in chosen))
    parts.append(f"_count={draw(st.sampled_from([1, 3, 7, 50]))}")
    return type, "&".join(parts)


@st.composite
def confined(draw: st.DrawFn) -> tuple[str, str, str]:
    """(resource with a compartment, type, query string)."""
    kind = draw(st.sampled_from(sorted(INSIDE)))
    type = draw(st.sampled_from(sorted(INSIDE[kind])))
    within = f"{kind}/{LINKS[kind].format(draw(st.integers(0, 6)))}"
    return within, type, draw(query(type))[1]
