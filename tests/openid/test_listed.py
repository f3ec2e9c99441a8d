"""What must be tested of signing in and of apps, item by item, and the tests that do.

The list is that of section 9 of the domain notes on NHS login, CIS2 and SMART; an item without a
test fails, as does a test that is named and isn't there. What no other file tests stands here.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from bevan.identity.errors import SignInRefused
from bevan.identity.login import Visitor
from bevan.kernel.errors import BevanError
from bevan.kernel.outgoing import Answer
from tests.apps.connected.launching import DOT, Apps, apps
from tests.openid.estate import PATIENT, SURGERY, Estate
from tests.openid.test_proofing import CHILD, child, signed_in, worker
from tests.openid.test_relying import Elsewhere, abroad, errand
from tests.support.databases import Databases

ROOT = Path(__file__).parents[2]
RELYING, PROVIDER = "tests/openid/test_relying.py", "tests/openid/test_provider.py"
FLOW, SCOPES = "tests/apps/connected/test_flow.py", "tests/apps/connected/test_scopes.py"
HERE = "tests/openid/test_listed.py"
LISTED = {
    "nonce replay": [(HERE, "test_a_token_of_another_errand_is_a_replay")],
    "state mismatch": [(RELYING, "test_state_works_once_in_its_own_browser_for_ten_minutes")],
    "code reuse": [
        (PROVIDER, "test_a_code_works_once_and_its_reuse_revokes_what_it_gave"),
        (FLOW, "test_a_code_that_comes_twice_ends_what_it_gave"),
    ],
    "userinfo sub mismatch": [(RELYING, "test_userinfo_of_another_subject_is_thrown_away")],
    "expired access token at 5 minutes mid-page": [
        (PROVIDER, "test_an_access_token_ends_after_five_minutes"),
        (HERE, "test_userinfo_after_the_tokens_end_signs_nobody_in"),
        (HERE, "test_a_token_that_ends_between_two_pages_is_refreshed_and_goes_on"),
    ],
    "refresh rotation": [
        (PROVIDER, "test_refresh_tokens_rotate_and_a_reuse_ends_them_all"),
        (FLOW, "test_refresh_tokens_rotate_and_a_used_one_ends_everything"),
    ],
    "unknown kid -> re-fetch JWKS once": [
        (RELYING, "test_an_unknown_key_makes_us_fetch_the_keys_once"),
        (
            "tests/identity/test_assertions.py",
            "test_keys_at_an_address_are_fetched_and_once_anew_for_an_unknown_one",
        ),
    ],
    "alg none/HS256 confusion": [
        (RELYING, "test_forged_tokens_sign_nobody_in"),
        ("tests/identity/test_assertions.py", "test_unsigned_ones_are_refused"),
        ("tests/identity/test_assertions.py", "test_a_public_key_is_no_shared_secret"),
    ],
    "P5 user asking for a record": [
        (RELYING, "test_p5_gives_no_record"),
        ("tests/openid/test_proofing.py", "test_below_p9_no_page_shows_a_number_or_a_record"),
    ],
    "zero-role staff": [
        ("tests/openid/test_staff.py", "test_staff_without_a_role_still_sign_in"),
        (RELYING, "test_staff_without_a_role_reach_a_page_that_says_so"),
    ],
    "scope .sr": [
        ("tests/identity/test_wording.py", "test_what_cant_be_understood_is_refused"),
        ("tests/identity/test_grants.py", "test_anything_else_is_refused"),
    ],
    "filter scopes applied to search, read and _include/_revinclude": [
        (SCOPES, "test_a_search_in_a_scope_holds_on_every_way_to_an_entry"),
        ("tests/record/test_filters.py", "test_what_is_filtered_out_is_not_included"),
    ],
    "compartments of the wrong patient": [
        (SCOPES, "test_a_patients_scope_stays_with_them_in_whatever_is_asked"),
    ],
    "a proxy user whose own NHS number differs from the patient's": [
        (HERE, "test_who_acts_for_a_child_is_shown_the_childs_record_and_not_their_own"),
    ],
}


@pytest.mark.parametrize("item", LISTED)
def test_every_item_has_tests_that_exist(item: str) -> None:
    assert LISTED[item]
    for path, name in LISTED[item]:
        text = (ROOT / path).read_text("utf-8")
        assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), f"{path}::{name}"


def test_the_list_is_the_whole_of_it(shared: Path) -> None:
    text = (shared / "domain" / "nhs-login-and-smart.md").read_text("utf-8")
    section = text.split("## 9. What must be tested")[1].replace("`", "").replace("*", "")
    items = section.strip().rstrip(".").split("; ")
    plain = [item.replace(" (see citizen services)", "").replace("\n", " ") for item in items]
    assert plain == list(LISTED)


@pytest_asyncio.fixture(loop_scope="module")
async def other(estate: Estate) -> Elsewhere:
    return Elsewhere(estate)


async def test_a_token_of_another_errand_is_a_replay(estate: Estate, other: Elsewhere) -> None:
    party = abroad(estate, other)
    first = await errand(party, other)
    other.token = other.signed()  # good, for the first errand
    second = await errand(party, other)
    with pytest.raises(SignInRefused):
        await party.finish(second, "browser", Visitor())
    arrived = await party.finish(first, "browser", Visitor())
    assert arrived.session.actor.id == PATIENT


async def test_userinfo_after_the_tokens_end_signs_nobody_in(
    estate: Estate, other: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    party, send = abroad(estate, other), other.send
    given = await errand(party, other)

    async def late(method: str, url: str, **more: object) -> Answer:
        answer = await send(method, url)
        return Answer(401, {}, b"{}") if url.endswith("/userinfo") else answer

    monkeypatch.setattr(other, "send", late)
    with pytest.raises(SignInRefused):
        await party.finish(given, "browser", Visitor())
    monkeypatch.undo()
    with pytest.raises(SignInRefused):  # and what was begun is over
        await party.finish(given, "browser", Visitor())


async def test_who_acts_for_a_child_is_shown_the_childs_record_and_not_their_own(
    estate: Estate,
) -> None:
    await child(estate, date(2018, 2, 1), "9990000085")
    account, _ = await estate.citizen()
    parent = await signed_in(estate, account)
    wish = {"number": "9990000085", "family": "Moss", "born": "2018-02-01", "relation": "parent",
            "rights": "see-record", "words": "His mother"}  # fmt: skip
    await parent.post("/account/people/ask", **wish)
    asks = estate.served.made.front.asks
    _, gp = await worker(estate, "GP")
    for ask in await asks.waiting(SURGERY):
        await gp.post(f"/proxies/{ask.id}", decision="grant", reason="Known to us")
    assert (await parent.post("/account/people/act", person=CHILD)).status_code == 303
    session = await estate.served.made.identity.signed_in(parent.http.cookies.get("bevan"))
    assert session is not None and session.acting == CHILD
    made = estate.served.made
    for person, shown in ((CHILD, True), (PATIENT, False)):
        scope = made.access.scope(session.actor, purpose="acting-for", patient=session.acting)
        found = await made.record.read(scope, "Patient", person)
        assert (found is not None) is shown
    # The session's own actor is still the parent: that is who the audit names.
    assert session.actor.id == PATIENT and session.acting_name == "Kit Moss"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def smart(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Apps]:
    name = await databases.migrated()
    async with apps(databases.dsn(name), tmp_path_factory.mktemp("apps")) as made:
        yield made
    await databases.drop(name)


async def test_a_token_that_ends_between_two_pages_is_refreshed_and_goes_on(smart: Apps) -> None:
    told = await smart.tokens(DOT, "launch/patient offline_access patient/*.rs")
    first = (await smart.get("/Observation?_count=1", told["access_token"])).json()
    (onward,) = [link["url"] for link in first["link"] if link["relation"] == "next"]
    parts = urlsplit(onward)
    path = f"{parts.path.removeprefix('/fhir')}?{parts.query}"
    smart.clock.at += timedelta(seconds=told["expires_in"])
    late = await smart.get(path, told["access_token"])
    assert late.status_code == 401 and "invalid_token" in late.headers["www-authenticate"]
    fresh = (await smart.refresh(told["refresh_token"])).json()
    second = (await smart.get(path, fresh["access_token"])).json()
    seen = [page["entry"][0]["resource"]["id"] for page in (first, second)]
    assert sorted(seen) == ["lab", "vital"]


async def test_metadata_of_another_issuer_signs_nobody_in(
    estate: Estate, other: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = other._metadata

    def elsewhere() -> dict[str, object]:
        return {**metadata(), "issuer": "https://evil.example"}

    monkeypatch.setattr(other, "_metadata", elsewhere)
    with pytest.raises(BevanError):
        await abroad(estate, other).start("browser", level="P9", next="/record")


async def test_a_token_is_good_for_what_it_was_made_for_alone(estate: Estate) -> None:
    _, person = await estate.citizen()
    code = (await person.code(estate.app))["code"]
    told = (await estate.exchange(estate.app, code)).json()
    assert (await estate.userinfo(told["access_token"])).status_code == 200
    assert (await estate.userinfo(told["id_token"])).status_code == 401
    assert (await estate.userinfo(told["access_token"], "staff")).status_code == 401
    assert (await estate.userinfo(told["refresh_token"])).status_code == 401
    for token in told["access_token"], told["id_token"]:
        given = {"authorization": f"Bearer {token}"}
        assert (await estate.served.client.get("/fhir/Patient", headers=given)).status_code == 401
        assert (await estate.token(estate.app, client_assertion=token)).status_code == 400
