"""What is prescribed for each condition: shares of people, products, later doses.

Shares are the region's parameters (general knowledge, tunable). A line is one drug class; each
of its choices is a chain of products, from the first dose to the last.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Line(NamedTuple):
    """A drug class: the share of people with the condition who take it, weighted chains of
    products, allergy groups that rule it out, and for how many months (0: it goes on)."""

    share: float
    chains: tuple[tuple[str, float], ...]
    avoid: str = ""
    months: int = 0
    youngest: float = 16


_ACE: Final = (
    ("ramipril-2-5mg-capsules>ramipril-5mg-capsules>ramipril-10mg-capsules", 5),
    ("lisinopril-10mg-tablets", 1),
    ("losartan-50mg-tablets", 1.6),
    ("candesartan-8mg-tablets", 1.2),
    ("perindopril-erbumine-4mg-tablets", 0.7),
)
_ARB: Final = (("losartan-50mg-tablets", 2), ("candesartan-8mg-tablets", 2))
_STATIN: Final = (
    ("atorvastatin-20mg-tablets>atorvastatin-40mg-tablets", 5),
    ("atorvastatin-20mg-tablets", 3),
    ("simvastatin-40mg-tablets", 1),
    ("rosuvastatin-10mg-tablets", 0.8),
)
_HIGH_STATIN: Final = (
    ("atorvastatin-40mg-tablets>atorvastatin-80mg-tablets", 3),
    ("atorvastatin-80mg-tablets", 5),
    ("rosuvastatin-10mg-tablets", 1),
)
_BETA: Final = (
    ("bisoprolol-2-5mg-tablets>bisoprolol-5mg-tablets", 6),
    ("atenolol-50mg-tablets", 1),
    ("carvedilol-6-25mg-tablets", 0.8),
)
_SALBUTAMOL: Final = "salbutamol-100micrograms-dose-inhaler-cfc-free"
_SSRI: Final = (
    ("sertraline-50mg-tablets>sertraline-100mg-tablets", 5),
    ("sertraline-50mg-tablets", 3),
    ("citalopram-20mg-tablets", 4),
    ("fluoxetine-20mg-capsules", 3),
)

REGIMENS: Final[dict[str, tuple[Line, ...]]] = {
    "hypertension": (
        Line(0.55, _ACE, "ace"),
        Line(
            0.45,
            (
                ("amlodipine-5mg-tablets>amlodipine-10mg-tablets", 6),
                ("amlodipine-5mg-tablets", 5),
                ("felodipine-5mg-modified-release-tablets", 0.8),
            ),
        ),
        Line(0.20, (("indapamide-2-5mg-tablets", 3), ("bendroflumethiazide-2-5mg-tablets", 1))),
        Line(0.35, _STATIN, "statin"),
    ),
    "type-2-diabetes": (
        Line(
            0.65,
            (
                ("metformin-500mg-tablets", 5),
                (
                    "metformin-500mg-modified-release-tablets"
                    ">metformin-1g-modified-release-tablets",
                    3,
                ),
            ),
            "metformin",
        ),
        Line(0.30, (("empagliflozin-10mg-tablets", 4), ("dapagliflozin-10mg-tablets", 6))),
        Line(0.20, (("sitagliptin-100mg-tablets", 3), ("linagliptin-5mg-tablets", 2))),
        Line(0.18, (("gliclazide-80mg-tablets", 1),)),
        Line(
            0.12,
            (
                (
                    "tirzepatide-5mg-0-6ml-solution-for-injection-2-4ml-pre-filled-disposable-"
                    "devices",
                    2,
                ),
                (
                    "semaglutide-1mg-0-74ml-solution-for-injection-3ml-pre-filled-disposable-"
                    "devices",
                    3,
                ),
            ),
        ),
        Line(
            0.12,
            (
                (
                    "insulin-glargine-100units-ml-solution-for-injection-3ml-pre-filled-"
                    "disposable-devices",
                    1,
                ),
            ),
        ),
        Line(0.70, _STATIN, "statin"),
    ),
    "type-1-diabetes": (
        Line(
            1,
            (
                (
                    "insulin-glargine-100units-ml-solution-for-injection-3ml-pre-filled-"
                    "disposable-devices",
                    3,
                ),
                ("insulin-detemir-100units-ml-solution-for-injection-3ml-cartridges", 1),
            ),
            youngest=1,
        ),
        Line(
            1,
            (
                (
                    "insulin-aspart-100units-ml-solution-for-injection-3ml-pre-filled-disposable-"
                    "devices",
                    1,
                ),
            ),
            youngest=1,
        ),
        Line(0.35, _STATIN, "statin", youngest=35),
    ),
    "chd": (
        Line(0.85, _HIGH_STATIN, "statin"),
        Line(
            0.75,
            (("aspirin-75mg-dispersible-tablets", 3), ("clopidogrel-75mg-tablets", 2)),
            "aspirin",
        ),
        Line(0.55, _BETA),
        Line(0.45, _ACE, "ace"),
        Line(0.4, (("omeprazole-20mg-gastro-resistant-capsules", 1),)),
    ),
    "stroke": (
        Line(0.8, _HIGH_STATIN, "statin"),
        Line(0.7, (("clopidogrel-75mg-tablets", 1),)),
        Line(0.5, _ACE, "ace"),
    ),
    "peripheral-arterial-disease": (
        Line(0.6, (("clopidogrel-75mg-tablets", 1),)),
        Line(0.7, _HIGH_STATIN, "statin"),
    ),
    "atrial-fibrillation": (
        Line(
            0.78,
            (
                ("rivaroxaban-20mg-tablets", 2),
                ("edoxaban-60mg-tablets", 3),
                ("eliquis-5mg-tablets-bristol-myers-squibb-pharmaceuticals-ltd", 3),
            ),
        ),
        Line(0.08, (("warfarin-1mg-tablets", 1), ("warfarin-3mg-tablets", 1))),
        Line(0.60, _BETA),
        Line(0.12, (("digoxin-125microgram-tablets", 1),)),
    ),
    "heart-failure": (
        Line(
            0.70,
            (
                ("furosemide-20mg-tablets>furosemide-40mg-tablets", 3),
                ("furosemide-40mg-tablets", 4),
                ("bumetanide-1mg-tablets", 1),
            ),
        ),
        Line(0.75, (*_ACE, ("sacubitril-49mg-valsartan-51mg-tablets", 2)), "ace"),
        Line(0.75, _BETA),
        Line(0.35, (("spironolactone-25mg-tablets", 2), ("eplerenone-25mg-tablets", 1))),
        Line(0.45, (("dapagliflozin-10mg-tablets", 2), ("empagliflozin-10mg-tablets", 1))),
    ),
    "chronic-kidney-disease": (
        Line(0.35, _ARB),
        Line(0.25, (("dapagliflozin-10mg-tablets", 1),)),
        Line(0.5, _STATIN, "statin"),
    ),
    "asthma": (
        Line(0.75, ((_SALBUTAMOL, 1),), youngest=1),
        Line(
            0.75,
            (
                ("beclometasone-100micrograms-dose-inhaler-cfc-free", 2),
                ("budesonide-200micrograms-dose-formoterol-6micrograms-dose-dry-powder-inhaler", 3),
                (
                    "beclometasone-100micrograms-dose-formoterol-6micrograms-dose-inhaler-cfc-free",
                    3,
                ),
                ("fluticasone-125micrograms-dose-salmeterol-25micrograms-dose-inhaler-cfc-free", 2),
            ),
            youngest=12,
        ),
        Line(0.12, (("montelukast-10mg-tablets", 1),)),
    ),
    "child-asthma": (
        Line(0.9, ((_SALBUTAMOL, 1),), youngest=1),
        Line(0.75, (("beclometasone-50micrograms-dose-inhaler-cfc-free", 1),), youngest=1),
    ),
    "copd": (
        Line(0.85, ((_SALBUTAMOL, 1),)),
        Line(
            0.75,
            (
                (
                    "trimbow-87micrograms-dose-5micrograms-dose-9micrograms-dose-inhaler-chiesi-"
                    "ltd",
                    3,
                ),
                (
                    "umeclidinium-bromide-65micrograms-dose-vilanterol-22micrograms-dose-dry-"
                    "powder-inhaler",
                    3,
                ),
                ("tiotropium-bromide-18microgram-inhalation-powder-capsules", 2),
            ),
        ),
        Line(0.15, (("carbocisteine-375mg-capsules", 1),)),
    ),
    "depression": (
        Line(0.55, _SSRI, months=9),
        Line(0.12, (("mirtazapine-15mg-tablets", 1),), months=14),
        Line(0.06, (("venlafaxine-75mg-modified-release-capsules", 1),), months=24),
    ),
    "anxiety": (
        Line(0.3, _SSRI, months=10),
        Line(0.12, (("propranolol-40mg-tablets", 1),), months=6),
    ),
    "severe-mental-illness": (
        Line(
            0.63,
            (
                ("olanzapine-10mg-tablets", 3),
                ("risperidone-1mg-tablets", 2),
                ("aripiprazole-10mg-tablets", 3),
                ("quetiapine-25mg-tablets", 2),
            ),
        ),
        Line(
            0.12,
            (
                (
                    "paliperidone-100mg-1ml-prolonged-release-suspension-for-injection-pre-filled-"
                    "syringes",
                    1,
                ),
            ),
        ),
        Line(0.05, (("lithium-carbonate-400mg-modified-release-tablets", 1),)),
    ),
    "dementia": (
        Line(0.45, (("donepezil-5mg-tablets>donepezil-10mg-tablets", 1),)),
        Line(0.2, (("memantine-10mg-tablets", 1),)),
    ),
    "epilepsy": (
        Line(
            0.9,
            (
                ("lamotrigine-100mg-tablets", 3),
                ("levetiracetam-500mg-tablets", 4),
                ("carbamazepine-200mg-tablets", 1),
            ),
            youngest=16,
        ),
    ),
    "rheumatoid-arthritis": (
        Line(0.7, (("methotrexate-2-5mg-tablets", 1),)),
        Line(0.3, (("hydroxychloroquine-200mg-tablets", 1),)),
        Line(0.6, (("folic-acid-5mg-tablets", 1),)),
    ),
    "osteoporosis": (
        Line(0.7, (("alendronic-acid-70mg-tablets", 1),)),
        Line(0.7, (("colecalciferol-800unit-capsules", 1),)),
    ),
    "hypothyroidism": (
        Line(
            0.95,
            (
                (
                    "levothyroxine-sodium-25microgram-tablets>levothyroxine-sodium-50microgram-tablets"
                    ">levothyroxine-sodium-100microgram-tablets",
                    3,
                ),
                (
                    "levothyroxine-sodium-50microgram-tablets>levothyroxine-sodium-100microgram-tablets",
                    3,
                ),
            ),
            youngest=1,
        ),
    ),
    "osteoarthritis": (
        Line(0.5, (("paracetamol-500mg-tablets", 1),)),
        Line(0.12, (("co-codamol-30mg-500mg-tablets", 1),), "opioid", 8),
    ),
    "reflux": (
        Line(
            0.85,
            (
                ("omeprazole-20mg-gastro-resistant-capsules", 4),
                ("lansoprazole-15mg-gastro-resistant-capsules", 2),
                ("lansoprazole-30mg-gastro-resistant-capsules", 2),
            ),
        ),
    ),
    "gout": (
        Line(
            0.5,
            (
                ("allopurinol-100mg-tablets>allopurinol-300mg-tablets", 2),
                ("allopurinol-100mg-tablets", 2),
            ),
        ),
    ),
    "prostate-enlargement": (
        Line(0.65, (("tamsulosin-400microgram-modified-release-capsules", 1),)),
        Line(0.3, (("finasteride-5mg-tablets", 1),)),
    ),
    "glaucoma": (Line(0.85, (("latanoprost-50micrograms-ml-eye-drops", 1),)),),
    "migraine": (
        Line(0.25, (("propranolol-40mg-tablets", 1), ("amitriptyline-10mg-tablets", 1)), months=18),
    ),
    "adhd": (
        Line(
            0.45,
            (
                ("methylphenidate-18mg-modified-release-tablets", 2),
                ("lisdexamfetamine-30mg-capsules", 1),
            ),
            youngest=6,
        ),
    ),
    "palliative": (Line(0.5, (("morphine-10mg-modified-release-tablets", 1),), "opioid"),),
    "frailty": (
        Line(0.3, (("colecalciferol-800unit-capsules", 1),)),
        Line(0.25, (("lactulose-3-1-3-7g-5ml-oral-solution", 1),)),
    ),
}
ANTICIPATORY: Final = (
    "morphine-sulfate-10mg-1ml-solution-for-injection-ampoules",
    "midazolam-10mg-2ml-solution-for-injection-ampoules",
    "levomepromazine-25mg-1ml-solution-for-injection-ampoules",
    "glycopyrronium-bromide-200micrograms-1ml-solution-for-injection-ampoules",
)
"""The four injections that are prescribed together when somebody is dying at home."""
