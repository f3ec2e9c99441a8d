"""Invariants of profiles and types: FHIRPath rules compiled once for each type they are met on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from bevan.fhir.conformance.membership import Membership
from bevan.fhir.definitions import Definitions
from bevan.fhir.path import Engine, PathFailed, PathSyntax, World
from bevan.fhir.path.element import Items
from bevan.fhir.profiles.around import Around
from bevan.fhir.profiles.report import Report
from bevan.fhir.profiles.spot import Spot

Rule = Mapping[str, Any]
Conforms = Callable[[Mapping[str, Any], str, Around], bool | None]


class _Now(threading.local):
    """What surrounds the element whose rules are being evaluated, and whether something that an
    expression asked for couldn't be had: a value set, a profile, a resource.
    """

    around: Around | None = None
    undecided: bool = False


class Rules:
    """Evaluates constraints. ``conforms`` is the way back to profiles for ``conformsTo()``."""

    def __init__(
        self, definitions: Definitions, membership: Membership, conforms: Conforms
    ) -> None:
        self._membership = membership
        self._conforms = conforms
        self._now = _Now()
        world = World(resolve=self._resolve, member_of=self._member, conforms=self._conform)
        self._engine = Engine(definitions, world)
        self._made: dict[tuple[str, str], Callable[..., Items] | str] = {}

    def check(self, spot: Spot, rule: Rule, around: Around, report: Report) -> None:
        """Report a rule that is broken at a spot, or one that can't be evaluated."""
        expression, key = rule.get("expression"), str(rule.get("key", ""))
        if not isinstance(expression, str):
            return
        run = self._compiled(expression, spot.type)
        if isinstance(run, str):
            report.warning("not-supported", "The rule can't be evaluated", spot.path, key)
            return
        outer, self._now.undecided = self._now.undecided, False
        answer = self._evaluated(run, spot, around)
        undecided, self._now.undecided = self._now.undecided, outer
        if answer is False and undecided:
            text = "Not checked: the rule needs what is not loaded, or can't be reached"
            report.note("not-found", text, spot.path, key)
        elif answer is None:
            report.warning("not-supported", "The rule can't be evaluated here", spot.path, key)
        elif not answer:
            text = str(rule.get("human") or "The rule is broken")
            add = report.warning if rule.get("severity") == "warning" else report.error
            add("invariant", text, spot.path, key)

    def items(self, expression: str, spot: Spot, around: Around) -> Items:
        """What an expression gives at a spot; raises PathFailed or PathSyntax."""
        run = self._compiled(expression, spot.type)
        if isinstance(run, str):
            raise PathFailed(run)
        outer, self._now.around = self._now.around, around
        try:
            return run(spot.element, around.variables())
        except (TypeError, AttributeError, KeyError, ValueError) as error:
            raise PathFailed("a value isn't what its type says") from error
        finally:
            self._now.around = outer

    def _evaluated(self, run: Callable[..., Items], spot: Spot, around: Around) -> bool | None:
        """Whether it gives true; None when it fails. Nothing at all counts as kept (R4 rules)."""
        outer, self._now.around = self._now.around, around
        try:
            found = run(spot.element, around.variables())
        except (PathFailed, ArithmeticError):
            return None
        except (TypeError, AttributeError, KeyError, ValueError):
            return None  # a value that isn't what its type says, which is told as a fault already
        finally:
            self._now.around = outer
        if not found:
            return False
        first = getattr(found[0], "value", found[0])
        return first is not False

    def _compiled(self, expression: str, type: str) -> Callable[..., Items] | str:
        made = self._made.get((expression, type))
        if made is None:
            try:
                made = self._engine.items(expression, type)
            except (PathFailed, PathSyntax) as error:
                made = str(error)
            self._made[expression, type] = made
        return made

    # -- ports of the expressions --

    def _resolve(self, reference: str) -> Mapping[str, Any] | None:
        around = self._now.around
        found = around.resolve(reference) if around is not None else None
        if found is None:
            self._now.undecided = True
            return None
        resource: Mapping[str, Any] = found[0].value
        return resource

    def _member(self, value: Any, type: str, value_set: str) -> bool | None:
        codings = value.get("coding") or () if isinstance(value, dict) and "coding" in value else ()
        if isinstance(value, str):
            verdicts = {self._membership.contains(value_set, None, value)}
        else:
            verdicts = {
                self._membership.contains(value_set, each.get("system"), str(each.get("code")))
                for each in (codings or [value])
                if isinstance(each, dict)
            }
        if "yes" in verdicts:
            return True
        if "not checked" not in verdicts:
            return False
        self._now.undecided = True
        return None

    def _conform(self, resource: Mapping[str, Any], profile: str) -> bool | None:
        around = self._now.around
        found = None if around is None else self._conforms(resource, profile, around)
        self._now.undecided = self._now.undecided or found is None
        return found
