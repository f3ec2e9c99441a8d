"""The vaccination schedule of England as far as records hold it."""

from __future__ import annotations

from functools import cache
from typing import Final

from bevan.fhir.codes import of_kind
from bevan.synthetic.shapes.treatment import Vaccine


@cache
def diseases(group: str) -> tuple[str, ...]:
    """The keys of the diseases that a vaccine group protects against."""
    return tuple(one.key for one in of_kind(f"disease.{group}"))


def vaccine(
    group: str,
    product: str,
    procedure: str,
    dose: int = 1,
    *,
    child: bool = False,
    mouth: bool = False,
    nose: bool = False,
) -> Vaccine:
    """A dose: its group, the end of the product's key, the end of the procedure's key."""
    site = (
        "site.nasal-cavity-structure"
        if nose
        else "site.structure-of-left-thigh"
        if child
        else "site.left-upper-arm-structure"
    )
    route = "route.oral" if mouth else "route.intramuscular"
    return Vaccine(
        f"vaccine.{group}.{product}",
        f"vaccination.{group}.{procedure}",
        diseases(group),
        dose,
        site,
        route,
    )


CHILDHOOD: Final = (
    (56, 91, vaccine("6in1", "infanrix-hexa", "1", 1, child=True)),
    (56, 91, vaccine("menb", "bexsero", "1", 1, child=True)),
    (56, 91, vaccine("rotavirus", "rotarix", "1", 1, mouth=True)),
    (84, 91, vaccine("6in1", "infanrix-hexa", "any", 2, child=True)),
    (84, 89, vaccine("pneumococcal", "prevenar-13", "1", 1, child=True)),
    (112, 90, vaccine("6in1", "infanrix-hexa", "any", 3, child=True)),
    (370, 89, vaccine("mmr", "priorix", "1", 1, child=True)),
    (370, 88, vaccine("pneumococcal", "prevenar-13", "any", 2, child=True)),
    (1225, 82, vaccine("4in1", "repevax", "booster", 4)),
    (1225, 84, vaccine("mmr", "m-m-rvaxpro", "2", 2)),
    (4560, 70, vaccine("hpv", "gardasil-9", "any", 1)),
    (5200, 74, vaccine("3in1", "revaxis", "booster", 5)),
    (5200, 74, vaccine("menacwy", "nimenrix", "any", 1)),
)
"""(age in days, percent who have it, dose) of the routine childhood programme."""

_MRNA: Final = (
    "-covid-19-mrna-vaccine-30micrograms-0-3ml-dose-{}dispersion-for-injection-"
    "multidose-vials-pfizer-ltd"
)
COVID: Final = (
    (
        "2021-03-20",
        88,
        vaccine(
            "covid",
            "covid-19-vaccine-vaxzevria-chadox1-s-recombinant-not-less-than-2-5x100",
            "1",
            1,
        ),
    ),
    (
        "2021-06-05",
        86,
        vaccine(
            "covid",
            "covid-19-vaccine-vaxzevria-chadox1-s-recombinant-not-less-than-2-5x100",
            "2",
            2,
        ),
    ),
    (
        "2021-12-04",
        72,
        vaccine("covid", "comirnaty" + _MRNA.format("concentrate-for-"), "seasonal", 3),
    ),
)
"""(about when, percent of adults, dose) of the first COVID-19 course."""
COVID_SEASONAL: Final = vaccine("covid", "comirnaty-jn-1" + _MRNA.format(""), "seasonal", 4)
FLU: Final = {
    "older": vaccine("flu", "adjuvanted-trivalent-influenza", "any"),
    "at risk": vaccine("flu", "cell-based-trivalent-influenza", "any"),
    "child": vaccine("flu", "fluenz-trivalent", "1-nasal", nose=True),
    "historic": vaccine("flu", "quadrivalent-influenza", "any"),
}
SHINGLES: Final = (
    vaccine("shingles", "shingrix-herpes-zoster-adjuvanted-recombinant", "1", 1),
    vaccine("shingles", "shingrix-herpes-zoster-adjuvanted-recombinant", "2", 2),
)
PNEUMOCOCCAL: Final = vaccine("pneumococcal", "pneumovax-ii", "any", 1)
RSV: Final = vaccine("rsv", "abrysvo", "any", 1)
PERTUSSIS: Final = vaccine("pertussis", "adacel", "pregnancy", 1)
