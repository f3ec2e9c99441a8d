"""The person index: finding the right person by number, name and date of birth."""

from bevan.people.index import Candidate, People
from bevan.people.nhs_number import InvalidNhsNumber, NhsNumber

__all__ = ["Candidate", "InvalidNhsNumber", "NhsNumber", "People"]
