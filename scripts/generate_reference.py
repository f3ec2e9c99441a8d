"""Write docs/reference from the code: commands, settings, metrics, interactions, parameters, apps.

Run it after a change (`make docs`); a test compares what it would write with what is there.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click

from bevan.api.registry import INTERACTIONS
from bevan.cli.main import bevan
from bevan.fhir.definitions import load
from bevan.fhir.operation import EVERY_TYPE, Declared
from bevan.fhir.parameters import Registry
from bevan.kernel.metrics import TABLE
from bevan.kernel.settings import PREFIX, Settings
from bevan.site.operations import LISTED
from bevan.web.app import App

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
WRITTEN_BY = "<!-- Written by scripts/generate_reference.py; don't edit. -->\n"


def commands() -> str:
    """Every command with its help, as it prints it."""
    parts = ["# Commands\n", WRITTEN_BY]
    for name, command in sorted(_leaves(bevan, "bevan")):
        # As under `bevan` itself; a command remembers the names of its first caller.
        command._help_option = None
        context = click.Context(
            command, info_name=name, max_content_width=88, terminal_width=88,
            help_option_names=bevan.context_settings["help_option_names"],
        )  # fmt: skip
        parts.append(f"\n## {name}\n```\n{command.get_help(context)}\n```\n")
    return "".join(parts)


def settings() -> str:
    """Every setting with its environment variable, default and meaning."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {_default(field.default)} | {field.description} |\n"
        for name, field in Settings.model_fields.items()
    ]
    return (
        f"# Settings\n{WRITTEN_BY}\nFrom a command's option first, then from the environment.\n"
        "Add `_FILE` to a name to give a file that holds the value.\n\n"
        "| variable | default | meaning |\n|---|---|---|\n" + "".join(rows)
    )


def metrics() -> str:
    """Every metric with its kind, labels and meaning."""
    rows = [
        f"| `{each.name}` | {each.kind} | {', '.join(each.labels) or '–'} | {each.help} |\n"
        for each in TABLE
    ]
    return (
        f"# Metrics\n{WRITTEN_BY}\n`GET /metrics`, in the Prometheus text format.\n\n"
        "| name | kind | labels | meaning |\n|---|---|---|---|\n" + "".join(rows)
    )


def search() -> str:
    """R4's chapter on search, paragraph by paragraph, from the table that is tested."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    chapter = importlib.import_module("prove.search.chapter")
    parts = [
        f"# Search, paragraph by paragraph\n{WRITTEN_BY}\nThe headings of R4's chapter on search."
        " Each line is a test: the query is asked of PostgreSQL and, unless it is refused or only"
        " shapes the answer, of an oracle that looks at every resource and shares no code with"
        " Bevan. Ids are those of the few resources in"
        " `prove/search/chapter.py`; `make prove NAME=search` asks ten thousand random queries"
        " besides.\n"
    ]
    for heading in chapter.HEADINGS:
        parts.append(f"\n## {heading}\n| what it says | query | finds |\n|---|---|---|\n")
        parts += [_paragraph(row) for row in chapter.ROWS if row.heading == heading]
    return "".join(parts)


def _paragraph(row: Any) -> str:
    place = f"/{row.within}/{row.type}" if row.within else f"/{row.type}"
    query = f"`{place}{'?' if row.query else ''}{row.query}`".replace("|", "\\|")
    found = "refused" if row.refused else row.found or "nothing"
    if row.comes:
        found += f", with {row.comes}"
    if row.total is not None:
        found += f", total {row.total}"
    return f"| {row.says.replace('|', chr(92) + '|')} | {query} | {found} |\n"


def interactions() -> str:
    """Every FHIR interaction, from the registry that also makes the CapabilityStatement."""
    rows = [
        f"| {each.name} | {', '.join(each.stated) or '–'} | {each.level} | "
        f"{each.letter or '–'} | {each.body} | {'yes' if each.open else 'no'} |\n"
        for each in INTERACTIONS
    ]
    return (
        f"# FHIR interactions\n{WRITTEN_BY}\nBase address `/fhir`. *Letter* is what a token's"
        " scope needs, as in SMART on FHIR 2 (`system/Observation.rs`).\n\n"
        "| interaction | stated as | level | letter | body | without a token |\n"
        "|---|---|---|---|---|---|\n" + "".join(rows)
    )


def operations() -> str:
    """Every FHIR operation that is installed, from the list that routes them."""
    rows = [
        f"| `${each.name}` | {', '.join(_addresses(each))} | {', '.join(each.methods)} | "
        f"{each.letter or '–'} | {each.says} |\n"
        for each in sorted(LISTED, key=lambda one: one.name)
    ]
    return (
        f"# FHIR operations\n{WRITTEN_BY}\nBase address `/fhir`; an operation that isn't listed is"
        " not there (404). *Letter* is what a token's scope needs of the type.\n\n"
        "| operation | at | methods | letter | what it does |\n|---|---|---|---|---|\n"
        + "".join(rows)
    )


def search_parameters() -> str:
    """Every search parameter of every type."""
    definitions = load()
    registry = Registry(definitions)
    parts = [f"# Search parameters\n{WRITTEN_BY}"]
    for type_name in sorted(definitions.resource_types):
        rows = [
            f"| `{each.code}` | {each.type} | {', '.join(each.targets) or '–'} |\n"
            for each in sorted(registry.of(type_name).values(), key=lambda found: found.code)
        ]
        parts.append(
            f"\n## {type_name}\n| parameter | type | targets |\n|---|---|---|\n" + "".join(rows)
        )
    return "".join(parts)


def apps() -> str:
    """Every app that is installed."""
    rows = [
        f"| {each.title} | `{each.name}` | {each.audience} | {each.summary} |\n" for each in _apps()
    ]
    return (
        f"# Apps\n{WRITTEN_BY}\n| app | name | for | what it does |\n|---|---|---|---|\n"
        + "".join(rows)
    )


PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands,
    "settings.md": settings,
    "metrics.md": metrics,
    "interactions.md": interactions,
    "operations.md": operations,
    "search-parameters.md": search_parameters,
    "search.md": search,
    "apps.md": apps,
}


def main() -> None:
    """Write every page that differs, and name it."""
    for name, render in PAGES.items():
        page, text = REFERENCE / name, render()
        if not page.exists() or page.read_text("utf-8") != text:
            page.write_text(text, "utf-8")
            sys.stdout.write(f"{page.name}\n")


def _apps() -> list[App]:
    found = (point.load() for point in entry_points(group="bevan.apps"))
    return sorted(found, key=lambda app: app.name)


def _leaves(command: click.Command, name: str) -> list[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        return [(name, command)]
    return [
        leaf
        for part, inner in command.commands.items()
        for leaf in _leaves(inner, f"{name} {part}")
    ]


def _addresses(declared: Declared) -> list[str]:
    types = ("[type]",) if declared.types == EVERY_TYPE else declared.types
    ends = {"system": "", "type": "/{}", "instance": "/{}/[id]"}
    return [
        f"`{ends[level].format(type)}/${declared.name}`"
        for level in declared.levels
        for type in (types if level != "system" else ("",))
    ]


def _default(value: object) -> str:
    return "–" if value is None else f"`{str(value).lower() if value in (True, False) else value}`"


if __name__ == "__main__":
    main()
