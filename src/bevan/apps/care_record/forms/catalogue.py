"""All forms by the name in their address."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bevan.apps.care_record.forms.about_me import ABOUT_ME
from bevan.apps.care_record.forms.allergy import ALLERGY
from bevan.apps.care_record.forms.care_plan import CARE_PLAN
from bevan.apps.care_record.forms.field import Form
from bevan.apps.care_record.forms.problem import PROBLEM

FORMS: Mapping[str, Form] = MappingProxyType(
    {form.name: form for form in (ALLERGY, PROBLEM, ABOUT_ME, CARE_PLAN)}
)


def form_of(type: str) -> Form | None:
    """The form that writes a type, if any."""
    return next((form for form in FORMS.values() if form.type == type), None)
