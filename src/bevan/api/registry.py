"""Every interaction this server has: routes, checks and the CapabilityStatement read this."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bevan.api import (
    bundle,
    capabilities,
    create,
    delete,
    history_instance,
    history_system,
    history_type,
    patch,
    read,
    search_compartment,
    search_system,
    search_type,
    update,
    vread,
)
from bevan.api.interaction import Interaction

INTERACTIONS: tuple[Interaction, ...] = (
    read.INTERACTION,
    vread.INTERACTION,
    update.INTERACTION,
    patch.INTERACTION,
    delete.INTERACTION,
    history_instance.INTERACTION,
    history_type.INTERACTION,
    create.INTERACTION,
    search_type.INTERACTION,
    search_compartment.INTERACTION,
    bundle.INTERACTION,
    search_system.INTERACTION,
    history_system.INTERACTION,
    capabilities.INTERACTION,
)

BY_NAME: Mapping[str, Interaction] = MappingProxyType({each.name: each for each in INTERACTIONS})
