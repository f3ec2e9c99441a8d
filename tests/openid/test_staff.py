"""The staff's provider: roles per person and organisation, zero roles, AAL2 and AAL3."""

from __future__ import annotations

from typing import Any

import pytest

from tests.openid.estate import Estate, Person, hidden, returned, said

ROLES = "openid profile nationalrbacaccess selectedrole"


async def told(estate: Estate, person: Person, **changed: str) -> tuple[dict[str, Any], Any]:
    back = await person.code(estate.ward, "staff", scope=ROLES, **changed)
    tokens = (await estate.exchange(estate.ward, back["code"], "staff")).json()
    who = (await estate.userinfo(tokens["access_token"], "staff")).json()
    return said(tokens["id_token"]), who


async def test_one_role_is_selected_by_itself(estate: Estate) -> None:
    account, person = await estate.worker()
    token, who = await told(estate, person)
    (role,) = who["nhsid_nrbac_roles"]
    assert token["selected_roleid"] == role["person_roleid"]
    assert (role["org_code"], role["role_name"], role["role_code"]) == (
        "Y99001", "GP", "S8000:G8000:R8000",
    )  # fmt: skip
    assert (who["sub"], who["name"]) == (account.subject, "Dr Ben Holt")
    assert (token["id_assurance_level"], token["authentication_assurance_level"]) == ("3", "3")


async def test_several_roles_are_asked_for(estate: Estate) -> None:
    _, person = await estate.worker(2)
    token, who = await told(estate, person, prompt="login")
    ids = [role["person_roleid"] for role in who["nhsid_nrbac_roles"]]
    assert token["selected_roleid"] == ids[1]
    assert len(set(ids)) == 2


async def test_staff_without_a_role_still_sign_in(estate: Estate) -> None:
    _, person = await estate.worker(0)
    token, who = await told(estate, person)
    assert "selected_roleid" not in token
    assert who.get("nhsid_nrbac_roles", []) == []


async def test_only_ones_own_roles_can_be_taken(estate: Estate) -> None:
    _, person = await estate.worker(2)
    page = await person.authorise(estate.ward, "staff", scope=ROLES)
    page = await person.follow(await person.show_passkey(page))
    pending = hidden(page.text, "request")
    for role in ("7", "-1", "x", ""):
        answer = await person.post("/login/staff/role", request=pending, role=role)
        page = await person.follow(answer)
        assert "Choose" in page.text


async def test_aal3_needs_a_key_that_cant_leave_its_device(estate: Estate) -> None:
    _, weak = await estate.worker(synced=True)
    page = await weak.authorise(estate.ward, "staff", acr_values="AAL3")
    page = await weak.follow(await weak.show_passkey(page))
    assert "stronger way" in page.text
    token, _ = await told(estate, weak, acr_values="AAL2")
    assert token["authentication_assurance_level"] == "2"
    _, strong = await estate.worker()
    token, _ = await told(estate, strong, acr_values="AAL3")
    assert token["acr"] == "AAL3"


async def test_a_citizens_client_and_session_are_nothing_here(estate: Estate) -> None:
    _, person = await estate.citizen()
    page = await person.authorise(estate.ward, "staff")
    page = await person.follow(await person.show_passkey(page))
    assert page.status_code == 422
    answer = await person.get(f"/staff/authorize?client_id={estate.app.id}")
    assert answer.headers["location"].startswith("/login/refused")


@pytest.mark.parametrize("parameter", ["state", "nonce"])
async def test_state_and_nonce_are_mandatory(estate: Estate, parameter: str) -> None:
    back = returned(await Person(estate).authorise(estate.ward, "staff", **{parameter: ""}))
    assert back["error"] == "invalid_request"
