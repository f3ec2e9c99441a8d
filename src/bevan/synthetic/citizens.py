"""People of the region who can be in its demonstration, and for whom one of them acts.

They are the adults who have a story. Two have none of their own pages: Claire, whose whereabouts
are protected, and Margaret, who has died. A real sign-in would give neither of them a record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bevan.synthetic.draws import fixed_id


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody with a record; `words` say who they are on the first page."""

    slug: str
    name: str
    words: str

    @property
    def patient(self) -> str:
        """The id of their Patient."""
        return fixed_id(f"Patient/{self.slug}")


DEMO: Final = (
    Citizen("dot-pemberton", "Dot Pemberton", "78, at home with COPD"),
    Citizen("ruby-sandhu-hale", "Ruby Sandhu-Hale", "27, diabetes, busy"),
    Citizen("nils-lindqvist", "Nils Lindqvist", "42, acts for his daughter Jaya"),
    Citizen("tomasz-brindle", "Tomasz Brindle", "48, two records that were one man's"),
    Citizen("harold-okafor-pym", "Harold Okafor-Pym", "75, heart failure"),
    Citizen("edith-marrowby", "Edith Marrowby", "92, lives in a care home"),
    Citizen("amina-vale", "Amina Vale", "33, a baby in October"),
    Citizen("desmond-tolley", "Desmond Tolley", "68, oxygen at home"),
    Citizen("winifred-asante", "Winifred Asante", "62, treated for cancer"),
    Citizen("callum-reeve", "Callum Reeve", "35, one note is sealed"),
    Citizen("oliver-quaintrell", "Oliver Quaintrell", "38, needs easy reading"),
)

ACTS: Final = ("nils-lindqvist", "jaya-lindqvist", "2018-02-14")
"""A parent, the child, and the child's day of birth."""
