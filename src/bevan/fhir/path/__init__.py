"""FHIRPath: text to syntax tree, and syntax tree to Python functions on resources."""

from bevan.fhir.path.engine import Engine
from bevan.fhir.path.errors import PathFailed, PathSyntax
from bevan.fhir.path.parser import parse
from bevan.fhir.path.world import World

__all__ = ["Engine", "PathFailed", "PathSyntax", "World", "parse"]
