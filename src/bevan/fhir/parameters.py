"""Which search parameters each resource type has: HL7's own and a region's custom ones.

`Registry` answers `find("Observation", "code")`; the parameters that every type inherits from
Resource and DomainResource (`_tag`, `_profile`, `_lastUpdated` …) are found under each type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from bevan.fhir.definitions import Definitions, SearchParameter
from bevan.fhir.path.nodes import Binary, Member, Node
from bevan.fhir.path.parser import parse

Kind = Literal[
    "number", "date", "string", "token", "reference", "composite", "quantity", "uri", "special"
]

LAST_BIT = 62
"""The highest bit of the record's `present` column, a signed 64-bit integer."""

_SAMPLES = "http://hl7.org/fhir/SearchParameter/example"
# Answered from columns or by a search of their own, so extraction keeps no values for them.
COLUMNS = frozenset({"_id", "_lastUpdated"})


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a composite: a parameter of the same resource, read from the shared element."""

    code: str
    type: Kind
    expression: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One search parameter of one resource type.

    `number` is its bit in the record's `present` column (None for those without one: composites,
    what is in a column, and any beyond the 63rd). `index` names the parameters under which its
    values are stored: itself, or others that hold exactly the same values together, so that for
    instance `combo-code` needs no rows beside those of `code` and `component-code`. A search
    proposes rows with the hashes of every name in `index`. `paths` are the alternatives of the
    expression that apply to the type. One that was `added` while the server runs has no bit; until
    it is `ready`, rows written before may have values that no index holds.
    """

    resource: str
    code: str
    type: Kind
    expression: str
    url: str
    targets: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()
    modifiers: tuple[str, ...] = ()
    comparators: tuple[str, ...] = ()
    multiple_or: bool = True
    number: int | None = None
    index: tuple[str, ...] = ()
    paths: tuple[Node, ...] = field(default=(), repr=False)
    added: bool = False
    ready: bool = True

    @property
    def indexed(self) -> bool:
        """Whether extraction keeps its values."""
        return self.number is not None or self.added


@dataclass(frozen=True, slots=True)
class Added:
    """A parameter that is added while the server runs; `ready`: every row is indexed by it."""

    parameter: SearchParameter
    ready: bool


class Registry:
    """All parameters by resource type; one per process is enough.

    `custom` are further parameters in HL7's shape. One whose code a type already has replaces it
    there: the same code can't mean two things in one search. `adopt` alone changes what there is,
    and then `generation`, by which whoever remembers parameters knows to forget them.
    """

    def __init__(self, definitions: Definitions, custom: Iterable[SearchParameter] = ()) -> None:
        self.definitions = definitions
        wanted = [_Parsed.of(p) for p in definitions.parameters if _usable(p)]
        added = [_Parsed.of(p) for p in custom]
        by_url = {parsed.raw.url: parsed.raw for parsed in (*wanted, *added)}
        self._own: Mapping[str, Mapping[str, Parameter]] = {
            type: dict(_of_type(type, lineage(definitions, type), wanted, added, by_url))
            for type in definitions.resource_types
        }
        self._types = self._own
        self._added: tuple[Added, ...] = ()
        self.generation = 0

    def adopt(self, added: Iterable[Added]) -> None:
        """Have exactly these besides what was given at the start, which they never replace."""
        wanted = tuple(added)
        if wanted == self._added:
            return
        parsed = [(_Parsed.of(each.parameter), each.ready) for each in wanted]
        self._types = {
            type: {**dict(_joining(type, lineage(self.definitions, type), parsed)), **own}
            for type, own in self._own.items()
        }
        self._added = wanted
        self.generation += 1

    @property
    def adopted(self) -> tuple[Added, ...]:
        """What was added, in the order in which it was."""
        return self._added

    def standard(self, type: str, code: str) -> bool:
        """Whether the code of a type was taken from the start."""
        return code in self._own.get(type, {})

    def added(self, type: str) -> bool:
        """Whether any parameter of the type was added."""
        return any(each.added for each in self.of(type).values())

    def find(self, type: str, code: str) -> Parameter | None:
        """The parameter `code` of a resource type, or None."""
        return self._types.get(type, {}).get(code)

    def of(self, type: str) -> Mapping[str, Parameter]:
        """All parameters of a resource type by code, in a stable order; none for other types."""
        return self._types.get(type, {})


def _usable(parameter: SearchParameter) -> bool:
    """HL7's package holds samples among the real ones, and some that say nothing to extract."""
    if parameter.url.startswith(_SAMPLES) or parameter.url.startswith(f"{_SAMPLES}-"):
        return False
    return bool(parameter.expression and parameter.base)


def lineage(definitions: Definitions, type: str) -> tuple[str, ...]:
    """A type and those that it inherits from, up to Resource."""
    found = [type]
    while base := definitions.types[found[-1]].base:
        found.append(base)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Parsed:
    raw: SearchParameter
    branches: tuple[Node, ...]

    @classmethod
    def of(cls, raw: SearchParameter) -> _Parsed:
        return cls(raw, tuple(alternatives(parse(raw.expression))))

    def applies(self, lineage: tuple[str, ...]) -> bool:
        return not set(lineage).isdisjoint(self.raw.base)


def _of_type(
    type: str,
    lineage: tuple[str, ...],
    wanted: list[_Parsed],
    added: list[_Parsed],
    by_url: Mapping[str, SearchParameter],
) -> Iterator[tuple[str, Parameter]]:
    """The parameters of one type. HL7's come first and sorted, so that bits never change hands."""
    own = {p.raw.code: p for p in reversed(wanted) if p.applies(lineage)}
    extra = {p.raw.code: p for p in added if p.applies(lineage)}
    made: dict[str, Parameter] = {}
    bit = 0
    for code, parsed in ({code: own[code] for code in sorted(own)} | extra).items():
        parameter = _parameter(type, lineage, parsed, by_url)
        kept = code not in COLUMNS and parameter.type not in ("composite", "special")
        if kept and bit <= LAST_BIT:
            parameter = replace(parameter, number=bit)
            bit += 1
        made[code] = parameter
    for code, parameter in made.items():
        yield code, replace(parameter, index=_index(parameter, made))


def _joining(
    type: str, lineage: tuple[str, ...], added: Iterable[tuple[_Parsed, bool]]
) -> Iterator[tuple[str, Parameter]]:
    for parsed, ready in added:
        if parsed.applies(lineage):
            made = _parameter(type, lineage, parsed, {})
            yield made.code, replace(made, added=True, ready=ready, index=(made.code,))


def _parameter(
    type: str,
    lineage: tuple[str, ...],
    parsed: _Parsed,
    by_url: Mapping[str, SearchParameter],
) -> Parameter:
    raw = parsed.raw
    components = tuple(
        Component(by_url[url].code, _kind(by_url[url].type), expression)
        for url, expression in raw.components
        if url in by_url
    )
    return Parameter(
        resource=type,
        code=raw.code,
        type=_kind(raw.type),
        expression=raw.expression,
        url=raw.url,
        targets=raw.target,
        components=components,
        modifiers=raw.modifier,
        comparators=raw.comparator,
        multiple_or=raw.multiple_or,
        paths=tuple(branch for branch in parsed.branches if _starts_at(branch, lineage)),
    )


def _kind(text: str) -> Kind:
    kinds: Mapping[str, Kind] = {
        "number": "number",
        "date": "date",
        "string": "string",
        "token": "token",
        "reference": "reference",
        "composite": "composite",
        "quantity": "quantity",
        "uri": "uri",
    }
    return kinds.get(text, "special")


def _starts_at(branch: Node, lineage: tuple[str, ...]) -> bool:
    """Whether an alternative is for one of these types.

    HL7 writes one expression for many types: `Condition.code | Observation.code | …`. An
    alternative that names no type (`id`) starts at the resource itself.
    """
    start = first_name(branch)
    return start is None or not start[:1].isupper() or start in lineage


def alternatives(node: Node) -> Iterator[Node]:
    """The operands of a union, from the left."""
    if isinstance(node, Binary) and node.operator == "|":
        yield from alternatives(node.left)
        yield from alternatives(node.right)
    else:
        yield node


def first_name(node: Node) -> str | None:
    """The name that a path starts with, or None when it starts with something else."""
    inner: Node | None = node
    while inner is not None:
        if isinstance(inner, Member) and inner.base is None:
            return inner.name
        inner = _leftmost(inner)
    return None


def _leftmost(node: Node) -> Node | None:
    for name in ("base", "operand", "left"):
        found = getattr(node, name, None)
        if isinstance(found, Node):
            return found
    return None


def _index(parameter: Parameter, made: Mapping[str, Parameter]) -> tuple[str, ...]:
    """Itself, or the parameters of the same kind that together have the same alternatives."""
    left = set(parameter.paths)
    others: list[str] = []
    for code, other in made.items():
        if _may_stand_in(other, parameter) and left & set(other.paths):
            others.append(code)
            left -= set(other.paths)
    return tuple(others) if others and not left else (parameter.code,)


def _may_stand_in(other: Parameter, parameter: Parameter) -> bool:
    if other.code == parameter.code or other.type != parameter.type:
        return False
    if parameter.type == "composite":
        return _shapes(other) == _shapes(parameter) and set(other.paths) < set(parameter.paths)
    if other.number is None or parameter.number is None:
        return False
    if len(other.paths) < len(parameter.paths):
        return bool(other.paths) and set(other.paths) < set(parameter.paths)
    # Of two with the same values the first in order keeps the rows of the narrow tables. Tokens
    # are cheap, and `patient=` is asked for by name in too many places to be called otherwise.
    narrow = parameter.type in ("string", "number", "date", "quantity")
    return narrow and set(other.paths) == set(parameter.paths) and other.number < parameter.number


def _shapes(parameter: Parameter) -> list[tuple[Kind, str]]:
    return [(component.type, component.expression) for component in parameter.components]
