"""A citizen's app goes where its person goes: to the record that stands, and back after all."""

from __future__ import annotations

from tests.apps.connected.launching import DOT, STRANGER, Apps
from tests.people.merging import CLERK

ALL = "openid fhirUser launch/patient patient/*.rs offline_access"


async def test_a_permission_follows_a_merge_and_ends_with_it(smart: Apps) -> None:
    made = smart.served.made
    before = await smart.tokens(DOT, ALL)
    merge = await made.merging.merge(CLERK, STRANGER, DOT, "One woman")
    await made.survivors.renew()
    assert (await smart.get(f"/Patient/{STRANGER}", before["access_token"])).status_code == 200
    found = await smart.found(f"/Observation?patient={DOT}", before["access_token"])
    assert found == ["Observation/lab", "Observation/vital"]
    told = await smart.tokens(DOT, ALL)
    assert told["patient"] == STRANGER
    again = (await smart.refresh(before["refresh_token"])).json()
    assert again["patient"] == STRANGER
    kept = await made.database.fetch("SELECT DISTINCT actor, patient FROM app_grant")
    assert [tuple(row) for row in kept] == [(DOT, DOT)]
    await made.unmerging.undo(CLERK, merge.id, "Two women")
    await made.survivors.renew()
    for one in (told, again):
        assert (await smart.get(f"/Patient/{STRANGER}", one["access_token"])).status_code == 404
        assert (await smart.get(f"/Patient/{DOT}", one["access_token"])).status_code == 200
    assert (await smart.refresh(told["refresh_token"])).json()["patient"] == DOT
