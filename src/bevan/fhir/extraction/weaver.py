"""Many walks over one resource type, woven into one Python function per key of the resource.

Walks that share a beginning share the code for it. The text is made here, from names and keys of
HL7's own definitions only, and compiled once per type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bevan.fhir.extraction.plan import Branch, Field, Item, Step, Where

Handler = Callable[[Any, Any], None]
Test = Callable[[Any], bool]


@dataclass(slots=True)
class Trie:
    """Where walks have come to: what is done with the value here, and where they go on."""

    leaves: list[Handler] = field(default_factory=list)
    steps: dict[Step, Trie] = field(default_factory=dict)

    def add(self, branch: Branch, leaf: Handler) -> None:
        """Let `leaf` have what `branch` comes to."""
        at = self
        for step in branch.steps:
            at = at.steps.setdefault(step, Trie())
        at.leaves.append(leaf)


def weave(trie: Trie, test: Callable[[Where], Test]) -> tuple[Mapping[str, Handler], list[Handler]]:
    """(a function for each key of the resource, functions for the resource as a whole).

    Each takes the value and whatever the leaves collect into. `test` makes the function that
    decides a Where.
    """
    keyed: dict[str, list[Handler]] = {}
    whole = list(trie.leaves)
    for step, below in trie.steps.items():
        if isinstance(step, Field):
            keyed.setdefault(step.key, []).append(_handler(step, below, test))
        else:
            outer = _Text(test)
            outer.node(Trie(steps={step: below}), "v", 1)
            whole.append(outer.compiled())
    return {key: together(handlers) for key, handlers in keyed.items()}, whole


def together(handlers: list[Handler]) -> Handler:
    """One function for all of them."""
    if len(handlers) == 1:
        return handlers[0]

    def every(value: Any, sink: Any) -> None:
        for handler in handlers:
            handler(value, sink)

    return every


def _handler(step: Field, below: Trie, test: Callable[[Where], Test]) -> Handler:
    if not step.many and not below.steps and len(below.leaves) == 1:
        return below.leaves[0]
    text = _Text(test)
    text.into(step, below, "v", 1)
    return text.compiled()


class _Text:
    """The source being written and the objects that it names."""

    def __init__(self, test: Callable[[Where], Test]) -> None:
        self.test = test
        self.lines = ["def handler(v, o):"]
        self.names: dict[str, Any] = {}
        self.variables = 0

    def compiled(self) -> Handler:
        space = dict(self.names)
        exec(compile("\n".join(self.lines), "<woven>", "exec"), space)  # noqa: S102 (our own text)
        made: Handler = space["handler"]
        return made

    def name(self, prefix: str, thing: Any) -> str:
        name = f"{prefix}{len(self.names)}"
        self.names[name] = thing
        return name

    def line(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def variable(self) -> str:
        self.variables += 1
        return f"x{self.variables}"

    def node(self, trie: Trie, value: str, depth: int) -> None:
        for leaf in trie.leaves:
            self.line(depth, f"{self.name('leaf', leaf)}({value}, o)")
        for step, below in trie.steps.items():
            self.step(step, below, value, depth)

    def step(self, step: Step, below: Trie, value: str, depth: int) -> None:
        match step:
            case Field(key, _):
                inner = self.variable()
                self.line(depth, f"{inner} = {value}.get({key!r})")
                self.line(depth, f"if {inner} is not None:")
                self.into(step, below, inner, depth + 1)
            case Where():
                self.line(depth, f"if {self.name('test', self.test(step))}({value}):")
                self.node(below, value, depth + 1)
            case Item(at):
                self.line(depth, f"if len({value}) > {at}:")
                inner = self.variable()
                self.line(depth + 1, f"{inner} = {value}[{at}]")
                self.line(depth + 1, f"if {inner} is not None:")
                self.node(below, inner, depth + 2)

    def into(self, step: Field, below: Trie, value: str, depth: int) -> None:
        if not step.many:
            self.node(below, value, depth)
            return
        item = self.variable()
        self.line(depth, f"for {item} in {value}:")
        # A null stands in an array of primitives where only an extension is given (R4 2.6.2.2).
        self.line(depth + 1, f"if {item} is not None:")
        self.node(below, item, depth + 2)
