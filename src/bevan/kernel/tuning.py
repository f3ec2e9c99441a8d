"""The settings of the embedded PostgreSQL, chosen from the machine's memory."""

from __future__ import annotations

import os

_MEBIBYTE = 1024 * 1024


def server_settings(*, fsync: bool = True, memory: int | None = None) -> dict[str, str]:
    """The `-c` settings to run the server with.

    `memory` is the machine's in bytes. Without `fsync` a crash of the machine may lose
    everything: for tests and throw-away demos only.
    """
    size = (memory_of_machine() if memory is None else memory) // _MEBIBYTE
    shared = max(64, min(1024, size // 8))
    return {
        "listen_addresses": "",
        "max_connections": "200",
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(128, size // 2)}MB",
        "maintenance_work_mem": f"{max(64, min(512, size // 32))}MB",
        "work_mem": "16MB",
        "jit": "off",
        "random_page_cost": "1.1",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        # Tasks and Encounters live by updates: looked at every minute, they would grow fourfold.
        "autovacuum_naptime": "5s",
        "wal_compression": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "unix_socket_permissions": "0700",
        **_quiet(),
        **(_durable() if fsync else _careless()),
    }


def memory_of_machine() -> int:
    """The machine's memory in bytes, or 2 GiB where it can't be told."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 2048 * _MEBIBYTE


def _quiet() -> dict[str, str]:
    """Errors go to their callers alone: their text and detail hold other people's values."""
    return {
        "log_min_messages": "log",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_statement": "none",
        "log_checkpoints": "off",
    }


def _durable() -> dict[str, str]:
    return {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def _careless() -> dict[str, str]:
    return {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
