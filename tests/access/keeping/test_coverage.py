"""No table is forgotten: somebody is deleted from it, or it says why they needn't be."""

from __future__ import annotations

import re
from importlib.resources import files

ELSEWHERE = {
    "a row of its own is emptied by the disposal": {"disposal", "keeping_hold", "keeping_due"},
    "entries are stripped under a certificate": {"audit", "audit_default"},
    "the actor gets another in their place, and goes": {"agent"},
    "tombstones, then nothing": {"resource"},
    "requests that were answered lose whose they were": {"register_entry", "register_event"},
    "goes with the account": {
        "account_role", "account_subject", "invitation", "login_consent", "login_code",
        "login_refresh", "passkey", "proofing",
    },
    "goes with what the person allowed": {"app_code", "app_refresh", "app_token"},
    "lasts minutes, and names an account or nobody": {
        "attempt", "authorisation", "challenge", "errand", "used_once",
    },
    "holds nothing about people of the record": {
        "conformance_package", "search_parameter",
        "access_cursor", "audit_handed", "audit_link", "audit_statement", "audit_statement_handed",
        "bevan_job", "bevan_mark", "bevan_migration", "content_dict", "feed_epoch", "import_ledger",
        "look_cursor", "person_cursor", "purpose", "register_evidence", "registered_client",
        "signing_key", "source", "token", "ward_display", "watch_cursor",
    },
}  # fmt: skip
SWEPT = ("bevan.record", "bevan.people", "bevan.identity", "bevan.access.keeping")


def test_every_table_is_swept_or_excepted() -> None:
    schema = files("bevan.site").joinpath("schema.sql").read_text("utf-8")
    tables = {
        name
        for name in re.findall(r"CREATE TABLE public\.(\w+)", schema)
        if not re.match(r"resource_(?!history$)|resource_history_", name)
    }
    swept = set[str]()
    for package in SWEPT:
        text = files(package).joinpath("erasure.sql").read_text("utf-8")
        swept |= set(re.findall(r"delete from (\w+)", text, re.IGNORECASE))
    excepted = set[str]().union(*ELSEWHERE.values())
    assert tables - swept - excepted == set()
    assert excepted - tables == set(), "an exception for a table that is gone"
