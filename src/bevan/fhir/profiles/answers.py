"""A QuestionnaireResponse against its Questionnaire, where that can be had (FHIR R4 5.31)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bevan.fhir.profiles.around import Around
from bevan.fhir.profiles.report import Report
from bevan.fhir.profiles.spot import Spot
from bevan.fhir.profiles.values import fits_pattern

if TYPE_CHECKING:
    from bevan.fhir.profiles.checker import Checker

Json = Mapping[str, Any]

_KINDS: Mapping[str, tuple[str, ...]] = {
    "boolean": ("Boolean",),
    "decimal": ("Decimal",),
    "integer": ("Integer",),
    "date": ("Date",),
    "dateTime": ("DateTime",),
    "time": ("Time",),
    "string": ("String",),
    "text": ("String",),
    "url": ("Uri",),
    "choice": ("Coding", "String", "Integer", "Date", "Time", "Reference"),
    "open-choice": ("Coding", "String", "Integer", "Date", "Time", "Reference"),
    "attachment": ("Attachment",),
    "reference": ("Reference",),
    "quantity": ("Quantity",),
}
_DONE = frozenset({"completed", "amended"})


def check(checker: Checker, spot: Spot, around: Around, report: Report) -> None:
    """Report answers that the questionnaire has no question for, or that don't fit theirs."""
    canonical = spot.text("questionnaire")
    if not canonical:
        return
    found = around.resolve(canonical) if canonical[0] == "#" else None
    questionnaire = found[0].value if found is not None else (
        checker.snapshots.library.find("Questionnaire", canonical)
    )  # fmt: skip
    if questionnaire is None:
        report.note("not-found", "Not checked: the questionnaire is not loaded", spot.path)
        return
    walk = _Walk(checker, report, done=spot.text("status") in _DONE)
    walk.items(_dicts(questionnaire, "item"), spot.value, spot.path)


class _Walk:
    """One response being read beside its questionnaire."""

    def __init__(self, checker: Checker, report: Report, *, done: bool) -> None:
        self._checker = checker
        self._report = report
        self._done = done

    def items(self, questions: Iterator[Json], holder: Json, path: str) -> None:
        """The items of a response, or beneath an item or an answer of it."""
        by_link = {str(each.get("linkId")): each for each in questions}
        given: dict[str, int] = {}
        for n, item in enumerate(_dicts(holder, "item")):
            link, place = str(item.get("linkId")), f"{path}.item[{n}]"
            given[link] = given.get(link, 0) + 1
            question = by_link.get(link)
            if question is None:
                self._report.error("not-found", "There is no such question here", place, "linkId")
            else:
                self._item(question, item, place, given[link])
        for link, question in by_link.items():
            needed = question.get("required") is True and not question.get("enableWhen")
            if needed and self._done and link not in given:
                self._report.error("required", "A required question has no answer", path, link)

    def _item(self, question: Json, item: Json, path: str, count: int) -> None:
        kind = str(question.get("type"))
        answers = list(_dicts(item, "answer"))
        repeats = question.get("repeats") is True
        if (len(answers) > 1 or count > 1) and not repeats:
            self._report.error("structure", "The question doesn't repeat", path, "repeats")
        if kind in ("group", "display") and answers:
            self._report.error("structure", f"A {kind} has no answers", path, "type")
        if kind == "group":
            self.items(_dicts(question, "item"), item, path)
            return
        for n, answer in enumerate(answers):
            place = f"{path}.answer[{n}]"
            self._answer(question, kind, answer, place)
            self.items(_dicts(question, "item"), answer, place)

    def _answer(self, question: Json, kind: str, answer: Json, path: str) -> None:
        name = next((key for key in answer if key.startswith("value")), "")
        if not name:
            return
        place, value = f"{path}.{name}", answer[name]
        if name[5:] not in _KINDS.get(kind, (name[5:],)):
            self._report.error("value", f"The question asks for {kind}", place, "type")
            return
        most = question.get("maxLength")
        if isinstance(most, int) and isinstance(value, str) and len(value) > most:
            self._report.error("too-long", f"Longer than {most} characters", place, "maxLength")
        if kind == "choice" or (kind == "open-choice" and name != "valueString"):
            self._chosen(question, name, value, place, open=kind == "open-choice")

    def _chosen(self, question: Json, name: str, value: Any, path: str, *, open: bool) -> None:
        """One of the options, or of the value set."""
        options = [each for each in _dicts(question, "answerOption") if name in each]
        value_set = question.get("answerValueSet")
        if options and not any(_same(value, option[name]) for option in options):
            add = self._report.warning if open else self._report.error
            add("value", "Not one of the answers to choose from", path, "answerOption")
        elif isinstance(value_set, str) and value_set[:1] != "#" and isinstance(value, dict):
            system, code = str(value.get("system", "")), str(value.get("code"))
            verdict = self._checker.membership.contains(value_set, system, code)
            if verdict == "no" and not open:
                text = f"Not in the value set {value_set}"
                self._report.error("code-invalid", text, path, "answerValueSet")
            elif verdict == "not checked":
                text = f"Not checked: {value_set} or a code system in it is not loaded"
                self._report.note("not-found", text, path, "answerValueSet")


def _same(value: Any, option: Any) -> bool:
    """A Coding is its system and code; anything else the very value."""
    if isinstance(value, dict) and isinstance(option, dict) and "code" in option:
        return fits_pattern(value, {k: option[k] for k in ("system", "code") if k in option})
    return bool(value == option)


def _dicts(parent: Json, name: str) -> Iterator[Json]:
    items = parent.get(name)
    if isinstance(items, list):
        yield from (item for item in items if isinstance(item, dict))
