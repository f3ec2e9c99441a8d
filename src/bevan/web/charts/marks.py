"""The shapes that carry meaning beside colour: dot in range, diamond out, one shape a setting."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr


def dot(x: float, y: float, radius: float = 4) -> str:
    """A value inside its range."""
    return f'<circle class="bv-c-in" cx="{x}" cy="{y}" r="{radius}"/>'


def diamond(x: float, y: float, size: float = 5, kind: str = "bv-c-out") -> str:
    """A value outside its range."""
    points = f"{x},{y - size} {x + size},{y} {x},{y + size} {x - size},{y}"
    return f'<polygon class="{kind}" points="{points}"/>'


def value_mark(x: float, y: float, outside: bool, size: float = 5) -> str:
    """Dot or diamond."""
    return diamond(x, y, size) if outside else dot(x, y, size - 1)


def setting_mark(kind: str, x: float, y: float) -> str:
    """The shape of a setting, 10 px across, centred on (x, y)."""
    name = f"bv-k-{kind}"
    if kind == "gp":
        return f'<circle class="{name}" cx="{x}" cy="{y}" r="5.5"/>'
    if kind == "hospital":
        return f'<rect class="{name}" x="{x - 5}" y="{y - 5}" width="10" height="10"/>'
    if kind == "community":
        return diamond(x, y, 6, name)
    if kind == "mental":
        shape = f"{x},{y - 6} {x + 6},{y - 1} {x + 4},{y + 6} {x - 4},{y + 6} {x - 6},{y - 1}"
    elif kind == "ambulance":
        shape = f"{x},{y - 6} {x + 6},{y + 5} {x - 6},{y + 5}"
    else:
        shape = f"{x},{y + 6} {x - 6},{y - 5} {x + 6},{y - 5}"
    return f'<polygon class="{name}" points="{shape}"/>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A straight line of a class."""
    return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def label(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    """Words on a chart, escaped."""
    named = f" class={quoteattr(kind)}" if kind else ""
    return f'<text{named} x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def picture(kind: str, width: int, height: int, title: str, inside: str) -> str:
    """An SVG image with its sentence for screen readers."""
    return (
        f'<svg class={quoteattr(kind)} viewBox="0 0 {width} {height}" role="img" '
        f'aria-label={quoteattr(title)} xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    )
