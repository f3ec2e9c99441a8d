"""Finds apps: built-in ones and third parties' come through the same door, their entry point."""

from __future__ import annotations

from importlib.metadata import entry_points

from bevan.kernel.errors import ConfigurationError
from bevan.web.app import App

GROUP = "bevan.apps"


def discover() -> tuple[App, ...]:
    """Every installed app, by name.

    Raises ConfigurationError when an entry point can't be loaded or doesn't lead to an App, or
    when two apps have one name.
    """
    found: dict[str, App] = {}
    for entry in entry_points(group=GROUP):
        try:
            app = entry.load()
        except (ImportError, AttributeError) as fault:
            raise ConfigurationError(f"The app {entry.name} can't be loaded: {fault}.") from fault
        if not isinstance(app, App):
            raise ConfigurationError(f"The entry point {entry.name} of {GROUP} isn't an App.")
        if app.name in found:
            raise ConfigurationError(f"Two apps are called {app.name}.")
        found[app.name] = app
    return tuple(found[name] for name in sorted(found))
