"""Running PostgreSQL as somebody without privileges when we ourselves are root.

PostgreSQL refuses to run as root. No user is created and no folder above the data directory is
opened up: the child takes on an unused number above those that systems hand out, and owns its
data. Only where a folder above it is closed to that number (a home folder, say) does the child
keep one capability, to pass through.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# Outside the ranges of login users (1000-60000), systemd's dynamic ones (61184-65519) and nobody.
UNUSED_ID = 60733

_PR_SET_PDEATHSIG = 1
_PR_SET_SECUREBITS = 28
_NO_SETUID_FIXUP = 1 << 2
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_CAP_DAC_READ_SEARCH = 2
_CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True)
class Owner:
    """Whom PostgreSQL runs as; `demoted` when that isn't who we are."""

    uid: int
    gid: int
    demoted: bool

    def give(self, path: Path) -> None:
        """Make `path` and everything under it belong to this owner; nothing to do unless root."""
        if not self.demoted:
            return
        os.chown(path, self.uid, self.gid, follow_symlinks=False)
        if path.is_dir() and not path.is_symlink():
            for entry in path.rglob("*"):
                os.chown(entry, self.uid, self.gid, follow_symlinks=False)


def owner_of(cluster: Path) -> Owner:
    """Who runs the server whose data lies in `cluster`: its owner, if it exists already."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid(), demoted=False)
    mark = cluster / "PG_VERSION"
    if mark.exists() and mark.stat().st_uid != 0:
        return Owner(mark.stat().st_uid, mark.stat().st_gid, demoted=True)
    return Owner(UNUSED_ID, UNUSED_ID, demoted=True)


def initialiser(owner: Owner) -> Owner:
    """Who runs `initdb`: it wants somebody with a name, unlike the server itself."""
    if not owner.demoted:
        return owner
    try:
        somebody = pwd.getpwnam("nobody")
    except KeyError:
        somebody = next(entry for entry in pwd.getpwall() if entry.pw_uid != 0)
    return Owner(somebody.pw_uid, somebody.pw_gid, demoted=True)


def reachable(path: Path, owner: Owner) -> bool:
    """Whether `owner` may pass through every folder above `path` and into it."""
    folders = [path, *path.parents]
    return all(_passable(folder, owner) for folder in folders)


def _passable(folder: Path, owner: Owner) -> bool:
    status = folder.stat()
    if status.st_uid == owner.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == owner.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def preparation(owner: Owner, *, pass_through: bool, die_with: int | None) -> Callable[[], None]:
    """What the child runs between fork and exec.

    `die_with` is the signal that it gets when its parent's thread ends; `pass_through` keeps the
    one capability. Everything is looked up now: after the fork only system calls are made.
    """
    library = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.umask(0o077)
        if owner.demoted:
            _become(library, owner, pass_through)
        # After the change of user, which clears it.
        linux = sys.platform == "linux"
        if (
            linux
            and die_with is not None
            and library.prctl(_PR_SET_PDEATHSIG, die_with, 0, 0, 0) != 0
        ):
            os._exit(126)

    return prepare


def _become(library: ctypes.CDLL, owner: Owner, pass_through: bool) -> None:
    if pass_through:
        # Otherwise access(2) disregards capabilities, and PostgreSQL doesn't find its programs.
        library.prctl(_PR_SET_SECUREBITS, _NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(owner.gid)
    os.setuid(owner.uid)
    if pass_through:
        _keep_capability(library)


def _keep_capability(library: ctypes.CDLL) -> None:
    """Keep the weakest capability that passes closed folders, through the coming exec."""
    for capability in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE):
        bit = 1 << capability
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        # effective, permitted, inheritable for the low 32 capabilities, then for the high ones
        sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
        if library.capset(header, sets) == 0:
            library.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0)
            return
    # Neither is ours to keep: go on with none at all rather than with every one.
    none = (ctypes.c_uint32 * 6)(0, 0, 0, 0, 0, 0)
    if library.capset((ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0), none) != 0:
        os._exit(126)
