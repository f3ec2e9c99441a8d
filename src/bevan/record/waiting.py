"""Rows that waited for another row to say whom they are about (a Provenance before its target)."""

from __future__ import annotations

from collections.abc import Sequence

from bevan.fhir.json import decode
from bevan.kernel.sql import statements
from bevan.record import audit
from bevan.record.lookup import people
from bevan.record.parts import Parts
from bevan.record.reader import Found
from bevan.record.rows import Prepared, resolved
from bevan.record.scope import Scope

_SLICE = 500


async def settle_waiting(parts: Parts, scope: Scope) -> int:
    """Look again for the people of all such rows; how many rows found theirs.

    Only for the system, as nobody else sees these rows; for others there are none.
    """
    if not scope.system:
        return 0
    settled, after = 0, 0
    sql = statements("bevan.record", "waiting.sql")
    while rows := await parts.general.fetch(sql["waiting"], after, _SLICE):
        settled += await _settle(parts, scope, rows)
        after = rows[-1]["rkey"]
    return settled


async def _settle(parts: Parts, scope: Scope, rows: Sequence[Found]) -> int:
    """One transaction for a slice of them."""
    sql = statements("bevan.record", "waiting.sql")
    waiting = [(row, await _prepared(parts, row)) for row in rows]
    signature = await parts.sign(scope)
    settled = 0
    async with parts.general.transaction() as connection:
        named = sorted({via for _, one in waiting for via in one.via})
        known = await people(connection, named, keep=True)
        for row, one in waiting:
            found = resolved(one, known) if one.via else one
            if found.via or (found.patient is None and found.patients is None):
                continue
            patients = None if found.patients is None else list(found.patients)
            await connection.execute(
                sql["found"],
                row["rkey"],
                row["version"],
                found.patient,
                patients,
                found.bucket,
                found.index.codes,
            )
            settled += 1
        if settled:
            entry = signature.entry(audit.UPDATE, audit.SHOWN, type=None, id=None, entries=settled)
            await connection.execute(audit.insert(), *audit.columns([entry])[:-1])
    return settled


async def _prepared(parts: Parts, row: Found) -> Prepared:
    codec = parts.preparer.codec
    if not codec.knows(row["enc"]):
        async with parts.general.connection() as connection:
            await codec.learn(connection)
    content = codec.unpack(row["enc"], row["content"])
    return parts.preparer.prepare(decode(content), checked=True)
