"""Index extraction: what the record indexes of a resource, and typed values to check with."""

from bevan.fhir.extraction.extractor import Extractor
from bevan.fhir.extraction.sink import Index
from bevan.fhir.extraction.values import (
    CompositeValue,
    DateValue,
    NumberValue,
    QuantityValue,
    ReferenceValue,
    StringValue,
    TokenValue,
    UriValue,
    Value,
)

__all__ = [
    "CompositeValue",
    "DateValue",
    "Extractor",
    "Index",
    "NumberValue",
    "QuantityValue",
    "ReferenceValue",
    "StringValue",
    "TokenValue",
    "UriValue",
    "Value",
]
