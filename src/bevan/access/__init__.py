"""Who may see and change what: the one place where a Scope is made."""

from bevan.access.access import Access
from bevan.access.restricted import Restricted

__all__ = ["Access", "Restricted"]
