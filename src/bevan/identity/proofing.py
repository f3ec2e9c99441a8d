"""Proving who somebody is: details matched to the person index (P5), then a document and a face
compared by a clerk (P9).

Evidence is sealed under a key of its own before it is stored, and deleted with its key when the
case is decided, whatever the decision. Nobody decides about themselves.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bevan.identity.accounts import Account
from bevan.identity.attempts import Limit
from bevan.identity.errors import SignInRefused
from bevan.identity.login import Login
from bevan.kernel.database import Database
from bevan.kernel.errors import BevanError
from bevan.kernel.identifiers import uuid7
from bevan.kernel.objects import Objects
from bevan.kernel.sql import statements
from bevan.people import InvalidNhsNumber, People
from bevan.people.nhs_number import parse
from bevan.record.scope import RESTRICTED, VERY_RESTRICTED, Actor, labels, system

CLERK: Final = "Proofing clerk"
LARGEST: Final = 8 * 1024 * 1024
MATCHES: Final = Limit("match", 5, timedelta(hours=1))
KINDS: Final = ("passport", "driving licence", "residence permit")
UNMATCHED: Final = (
    "These details don't match a record that we can use. Check them, or ask your GP surgery which "
    "details it has."
)
_INDEX: Final = Actor("system", "bevan-proofing", "Bevan's proof of identity")
_IMAGES: Final = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_NONCE: Final = bytes(12)  # each key seals two pictures, told apart by their label


class ProofRefused(BevanError):
    """Evidence or a decision that can't be taken; `field` is where."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody's proof that waits for a clerk: the name and birth date are the record's."""

    id: str
    account: str
    name: str
    born: str
    kind: str
    made: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """How the newest case of an account stands; `proven` None while it waits."""

    made: datetime
    decided: datetime | None
    proven: bool | None
    reason: str | None


class Proofing:
    """The workflow. `objects` keeps the sealed pictures."""

    def __init__(self, database: Database, login: Login, people: People, objects: Objects) -> None:
        self._database = database
        self._login = login
        self._people = people
        self._objects = objects
        self._sql = statements("bevan.identity", "proofing.sql")

    async def match(
        self, account: Account, *, number: str, family: str, born: date | None
    ) -> Account:
        """Match somebody's details to one record: they reach P5. Raises SignInRefused.

        Five tries an hour, and one sentence for every reason, so that nobody can fish.
        """
        await self._login.attempts.note(MATCHES, account.id)
        patient = await self._matching(number, family, born)
        if patient is None or await self._taken(account, str(patient["id"])):
            await self._login.events.note(account.id, "match", "refused")
            raise SignInRefused(UNMATCHED)
        await self._login.accounts.prove(
            account.id, level="P5", actor=str(patient["id"]), name=_name(patient)
        )
        await self._login.events.note(account.id, "match")
        return await self._login.require(account.id)

    async def submit(
        self, account: Account, *, kind: str, document: bytes, face: bytes, born: str
    ) -> None:
        """Send a document and a picture of the face to the clerks.

        Raises ProofRefused for pictures that can't be used, without a passkey (an email alone must
        not come to open a proven identity), and while a case waits.
        """
        if account.level != "P5":
            raise ProofRefused("", "Match your details first.")
        if not await self._login.passkeys.list(account.id):
            raise ProofRefused("", "Make a passkey first: a proven identity needs one.")
        if kind not in KINDS:
            raise ProofRefused("kind", "Choose the kind of document.")
        for field, picture in (("document", document), ("face", face)):
            if image_type(picture) is None or len(picture) > LARGEST:
                raise ProofRefused(field, "Choose a JPEG or PNG picture of at most 8 MB.")
        id, key = uuid7(), AESGCM.generate_key(256)
        kept = [await self._sealed(key, name, each)
                for name, each in (("document", document), ("face", face))]  # fmt: skip
        added = await self._database.fetchval(
            self._sql["add"], UUID(id), account.id, account.name, born, kind, *kept, key,
            self._login.clock.now(),
        )  # fmt: skip
        if added is None:
            await self._delete(*kept)
            raise ProofRefused("", "We are looking at what you sent before. Wait for our email.")
        await self._login.events.note(account.id, "proof sent")

    async def waiting(self) -> list[Case]:
        """Cases that wait, the oldest first."""
        rows = await self._database.fetch(self._sql["waiting"])
        return [Case(str(row["id"]), *list(row)[1:]) for row in rows]

    async def case(self, id: str) -> Case | None:
        """A case that waits."""
        row = await self._row(id)
        return None if row is None else _case(row)

    async def picture(self, id: str, which: str) -> bytes | None:
        """The document or the face of a case that waits."""
        row = await self._row(id)
        if row is None or which not in ("document", "face"):
            return None
        sealed = await asyncio.to_thread(self._objects.get, row[which])
        return AESGCM(bytes(row["key"])).decrypt(_nonce(which), sealed, which.encode())

    async def latest(self, account: str) -> Decided | None:
        """How the newest case of an account stands."""
        row = await self._database.fetchrow(self._sql["latest"], account)
        return None if row is None else Decided(*row)

    async def decide(self, id: str, *, by: str, proven: bool, reason: str) -> None:
        """A clerk decides: the evidence is deleted, the level raised if it's proven.

        Raises ProofRefused for a case that was decided meanwhile, one's own, or without a reason.
        """
        row = await self._row(id)
        if row is None:
            raise ProofRefused("", "Somebody else has decided this case.")
        if row["account"] == by:
            raise ProofRefused("", "Nobody decides about themselves.")
        if len(reason.strip()) < 10:
            raise ProofRefused("reason", "Say in a few words what you compared.")
        done = await self._database.fetchrow(
            self._sql["decide"], row["id"], self._login.clock.now(), by, proven, reason.strip()
        )
        if done is None:
            raise ProofRefused("", "Somebody else has decided this case.")
        await self._delete(done["document"], done["face"])
        await self._told(str(done["account"]), by, proven=proven)

    async def _told(self, id: str, by: str, *, proven: bool) -> None:
        account = await self._login.accounts.find(id)
        if account is None or account.closed:
            return
        if proven and account.level == "P5":
            await self._login.accounts.prove(id, level="P9", actor=account.actor, name=account.name)
        await self._login.events.note(
            id, "proof decided", detail="proven" if proven else "not proven", by=by
        )
        said = "We know now that it's you" if proven else "We couldn't tell that it's you"
        await self._login.mail.send(
            account.email, f"{said}", f"{said}. Sign in to your account to read more.\n"
        )

    async def _matching(
        self, number: str, family: str, born: date | None
    ) -> Mapping[str, Any] | None:
        try:
            wanted = parse(number)
        except InvalidNhsNumber:
            return None
        scope = system("Matching somebody's details for their account", _INDEX)
        found = await self._people.by_number(scope, wanted)
        if len(found) != 1 or born is None:
            return None
        patient = found[0].patient
        names = {_folded(name.get("family")) for name in patient.get("name") or ()}
        same = patient.get("birthDate") == born.isoformat() and _folded(family) in names
        replaced = any(link.get("type") == "replaced-by" for link in patient.get("link") or ())
        died = patient.get("deceasedBoolean") is True or "deceasedDateTime" in patient
        kept = labels(patient) & (RESTRICTED | VERY_RESTRICTED)
        return patient if same and not (replaced or died or kept) else None

    async def _taken(self, account: Account, patient: str) -> bool:
        """Whether another account is proven to be this person already."""
        other = await self._login.accounts.by_actor("patient", patient)
        return other is not None and other.id != account.id and other.level == "P9"

    async def _sealed(self, key: bytes, name: str, picture: bytes) -> str:
        sealed = AESGCM(key).encrypt(_nonce(name), picture, name.encode())
        return await asyncio.to_thread(self._objects.put, io.BytesIO(sealed))

    async def _delete(self, *digests: str) -> None:
        for digest in digests:
            await asyncio.to_thread(self._objects.delete, digest)

    async def _row(self, id: str) -> Any:
        try:
            return await self._database.fetchrow(self._sql["case"], UUID(id))
        except ValueError:
            return None


def image_type(picture: bytes) -> str | None:
    """The kind of a picture by its first bytes; None for anything but JPEG and PNG."""
    return next((kind for mark, kind in _IMAGES.items() if picture.startswith(mark)), None)


def _nonce(name: str) -> bytes:
    return _NONCE[:-1] + (b"\x01" if name == "document" else b"\x02")


def _case(row: Any) -> Case:
    return Case(str(row["id"]), row["account"], row["name"], row["born"], row["kind"], row["made"])


def _name(patient: Mapping[str, Any]) -> str:
    names = patient.get("name") or ()
    official = next((one for one in names if one.get("use") == "official"), None)
    name = official or next(iter(names), None) or {}
    given = next(iter(name.get("given") or ()), "")
    return f"{given} {name.get('family', '')}".strip()


def _folded(text: object) -> str:
    return " ".join(str(text or "").casefold().split())
