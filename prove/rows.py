"""Where each interaction, operation and page stands in the access matrix.

One without a row here fails a test: whoever adds a way to the record says how it is shown to obey.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

# FHIR interactions, and the questions of the matrix that ask by them.
INTERACTIONS: dict[str, tuple[str, ...]] = {
    "read": ("read", "person by read"),
    "vread": ("vread", "person by vread"),
    "update": ("update", "update by condition"),
    "patch": ("patch", "patch by condition"),
    "delete": ("delete", "delete by condition"),
    "history-instance": ("history", "person by history"),
    "history-type": ("history of the type",),
    "create": ("create", "create by condition"),
    "search-type": ("search", "search of everybody", "total", "chain", "_has", "include"),
    "bundle": ("batch", "changes in a batch", "transaction"),
    "search-system": ("search of all types",),
    "search-compartment": ("compartment", "compartment of all types"),
    "history-system": ("history of everything",),
    "capabilities": (),  # about nobody
}

# Operations, and the questions of the matrix that ask by them.
OPERATIONS = {
    "status": "",  # how far indexes are, about nobody
    "match": "$match",
    "trace": "$trace",
    "merge": "$merge",
    "unmerge": "$unmerge",
    "move-entries": "$move-entries",
    "new-identity": "$new-identity",
    "validate": "$validate",
    "everything": "$everything",
    "meta": "$meta",
}

# Pages about one person: who may not see the person gets the page of an id that nothing has.
PERSON = (
    "", "/timeline", "/about-me", "/problems", "/medicines", "/allergies", "/results",
    "/results/{test}", "/held", "/observations", "/vaccinations", "/procedures", "/care-plans",
    "/appointments", "/documents", "/documents/{id}", "/documents/{id}/files/{number:int}",
    "/sources", "/details", "/add/{form}", "/change/{form}/{entry}", "/compare/{form}/{entry}",
    "/settle/{form}/{entry}", "/mistake/{form}/{entry}",
)  # fmt: skip
PAGES = {f"/record/{{patient}}{rest}": "person" for rest in PERSON} | {
    "/record": "a list of people whom one may see",
    # Clerks see who people are, for a purpose of their own: tests/apps/person_index.
    "/identity": "a list of tasks for clerks",
    "/identity/{task}": "a clerk's task",
    "/identity/merges": "a list of merges for clerks",
    "/identity/merges/{merge}": "a merge, for clerks",
    "/identity/corrections": "a list of corrections for clerks",
    "/identity/corrections/{correction}": "a correction, for clerks",
    "/identity/wrong-person": "a person found by number and day of birth, for clerks",
    "/identity/new-identity": "a person found by number and day of birth, for clerks",
    # Signing in and one's own account: tests/openid walks them for others and for too low a level.
    **dict.fromkeys(
        (
            "/login/staff/join/{secret}",
            "/login/refused",
            "/login/citizen/email",
            "/login/citizen/code",
            "/login/citizen/key",
            "/login/{realm}",
            "/login/{realm}/passkey",
            "/login/{realm}/go",
            "/login/{realm}/share",
            "/login/{realm}/give-up",
            "/login/{realm}/role",
            "/login/{realm}/leave",
            "/sign-in/{realm}",
            "/sign-in/{realm}/return",
            "/outbox",
        ),
        "nobody",
    ),
    **dict.fromkeys(
        (
            "/account/identity",
            "/account/identity/pictures",
            "/account/people",
            "/account/people/ask",
            "/account/people/end",
            "/account/people/act",
            "/account",
            "/account/sessions",
            "/account/passkeys",
            "/confirm",
            "/roles",
        ),
        "the signed-in person themselves",
    ),
    # By role, and for one's own organisation alone: tests/openid/test_proofing.py.
    "/proofing": "cases that wait for clerks",
    "/proofing/{id}": "a clerk's case",
    "/proofing/{id}/{which}": "a clerk's case",
    "/proxies": "requests that wait for a practice",
    "/proxies/{id}": "a practice's request",
    "/workers": "accounts of an organisation's staff",
    # A screen's own secret opens its ward's page alone: tests/apps/login.
    "/display": "the ward of a screen that was let in",
    "/displays": "screens of an organisation's wards, by role",
    # Connected apps: tests/apps/connected drives them; what one grants is one's own.
    "/oauth/authorize": "the signed-in person themselves",
    "/apps": "the signed-in person themselves",
    "/apps/{grant}/take-back": "the signed-in person themselves",
    "/apps/open/{person}": "person",
    "/apps/waiting": "apps that wait for an administrator",
    "/apps/waiting/{client}": "an app that waits for an administrator",
    # Registers hold no record; a copy for a subject is made under that person's own rule.
    "/governance/public": "nobody",
    **dict.fromkeys(
        (
            "/governance",
            "/governance/{register}",
            "/governance/{register}/new",
            "/governance/{register}/{number}",
            "/governance/{register}/{number}/change",
            "/governance/{register}/{number}/decide/{step}",
            "/governance/{register}/{number}/evidence",
            "/governance/{register}/{number}/given",
            "/governance/{register}/{number}/copy",
        ),
        "an organisation's register, by role",
    ),
    # Records that are due, for keepers alone: tests/apps/keeping.
    **dict.fromkeys(
        (
            "/keeping",
            "/keeping/holds",
            "/keeping/holds/{hold}",
            "/keeping/records/{person}",
            "/keeping/records/{person}/hold",
            "/keeping/records/{person}/ask",
            "/keeping/disposals/{disposal}",
            "/keeping/disposals/{disposal}/{step}",
        ),
        "records that are due, for keepers of records",
    ),
    # Whoever may open in an emergency finds somebody by number and day of birth, save who objects;
    # the rest is for who oversees: tests/apps/access.
    "/my-record/who-looked": "the signed-in person themselves",
    **dict.fromkeys(
        (
            "/my-record",
            "/my-record/choices",
            "/my-record/choices/{kind}",
            "/my-record/choices/{kind}/kept",
        ),
        "the signed-in person themselves, or whom they act for",
    ),
    "/access/choices": "a person registered here, found by number and day of birth",
    "/access/rules": "nobody",
    "/access/emergency": "a person found by number and day of birth",
    "/access/links": "one's own claims, and a person found by number and day of birth",
    "/access/links/{claim}/end": "one of one's own claims",
    "/access/claims": "a list for privacy officers",
    "/access/claims/{claim}": "a claim, for privacy officers",
    "/privacy": "a list for privacy officers",
    "/privacy/{case}": "a case, for privacy officers",
    "/access/why": "a decision, for privacy officers",
    "/access/simulation": "decisions counted, for privacy officers",
    "/": "nobody",
    "/sign-in": "nobody",
    "/sign-out": "nobody",
    "/-/ui": "nobody",
    "/healthz": "nobody",
    "/readyz": "nobody",
    "/metrics": "nobody",
}


def without_row(
    interactions: Iterable[str], operations: Iterable[str], pages: Iterable[str]
) -> Iterator[str]:
    """What is routed and has no row here."""
    yield from sorted(set(interactions) - set(INTERACTIONS))
    yield from (f"${name}" for name in sorted(set(operations) - set(OPERATIONS)))
    yield from sorted(set(pages) - set(PAGES))
