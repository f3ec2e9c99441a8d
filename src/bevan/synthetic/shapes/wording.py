"""Short names that practices and laboratories print beside their codes."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

SHORT_NAMES: Final = MappingProxyType(
    {
        "hba1c": "HbA1c",
        "egfr": "eGFR",
        "serum-creatinine-level": "Creatinine",
        "serum-potassium-level": "Potassium",
        "serum-sodium-level": "Sodium",
        "serum-urea-level": "Urea",
        "urine-albumin-creatinine-ratio": "Urine ACR",
        "crp": "C-reactive protein",
        "haemoglobin-estimation": "Haemoglobin",
        "total-white-cell-count": "White cells",
        "platelet-count": "Platelets",
        "mean-corpuscular-volume": "MCV",
        "neutrophil-count": "Neutrophils",
        "lymphocyte-count": "Lymphocytes",
        "eosinophil-count": "Eosinophils",
        "serum-alanine-aminotransferase-level": "ALT",
        "serum-alkaline-phosphatase-level": "Alkaline phosphatase",
        "serum-total-bilirubin-level": "Bilirubin",
        "serum-albumin-level": "Albumin",
        "serum-cholesterol-level": "Total cholesterol",
        "serum-high-density-lipoprotein-cholesterol-level": "HDL cholesterol",
        "serum-non-high-density-lipoprotein-cholesterol-level": "Non-HDL cholesterol",
        "serum-thyroid-stimulating-hormone-level": "TSH",
        "fit": "FIT",
        "plasma-fasting-glucose-level": "Fasting glucose",
        "plasma-glucose-level": "Glucose",
        "blood-glucose-level": "Blood glucose",
        "body-weight": "Weight",
        "body-height-measure": "Height",
        "body-mass-index": "BMI",
        "oxygen-saturation": "Oxygen saturation",
        "heart-rate": "Heart rate",
        "respiratory-rate": "Respiratory rate",
        "body-temperature": "Body temperature",
        "news2": "NEWS2 total score",
        "phq-9": "PHQ-9",
        "gad-7": "GAD-7",
        "frailty-scale": "Clinical Frailty Scale",
        "asthma-control-test-score": "Asthma control test",
    }
)
"""By the name of the measure."""

UNIT_NAMES: Final = MappingProxyType(
    {
        "body-weight": "kilogram",
        "head-circumference-measure": "centimeter",
        "heart-rate": "per minute",
        "respiratory-rate": "per minute",
        "oxygen-saturation": "percent",
        "body-temperature": "degree Celsius",
        "blood-glucose-level": "millimoles per litre",
    }
)
"""Unit texts that UK Core's vital-sign profiles fix, by the name of the measure."""
