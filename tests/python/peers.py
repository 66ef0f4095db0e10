"""Compares marcd's records with pymarc's, aspect by aspect."""

from __future__ import annotations

from typing import Any

TEXTS = (
    *("title", "issn_title", "isbn", "issn", "issnl", "sudoc"),
    *("author", "uniformtitle", "publisher", "pubyear"),
)
LISTS = (*("series", "subjects", "addedentries", "location", "notes", "physicaldescription"),)


def field_facts(field: Any) -> tuple[Any, ...]:
    """What a program can see of a field."""
    return (
        field.tag,
        field.data,
        field.control_field,
        field.is_control_field(),
        field.is_subject_field(),
        field.indicators,
        field.indicator1,
        field.indicator2,
        [tuple(subfield) for subfield in field.subfields],
        field.value(),
        field.format_field(),
        field.get("a"),
        field.get("b", "none"),
        "c" in field,
        field.get_subfields("a"),
        field.get_subfields("a", "x", "6"),
        field.subfields_as_dict(),
        field.as_marc("utf-8"),
        str(field),
        [tuple(subfield) for subfield in field],
    )


def record_facts(record: Any) -> dict[str, Any]:
    """What a program can see of a record; as_marc comes last, since it changes the leader."""
    facts: dict[str, Any] = {"leader": str(record.leader)}
    for name in TEXTS:
        facts[name] = getattr(record, name)
    for name in LISTS:
        facts[name] = [str(field) for field in getattr(record, name)]
    facts["245 in"] = "245" in record
    facts["tags"] = [field.tag for field in record]
    facts["650"] = [str(field) for field in record.get_fields("650")]
    facts["100, 700"] = [str(field) for field in record.get_fields("100", "700")]
    facts["fields"] = [field_facts(field) for field in record.fields]
    facts["text"] = str(record)
    facts["dict"] = record.as_dict()
    facts["json"] = record.as_json()
    facts["marc"] = record.as_marc()
    facts["leader after"] = str(record.leader)
    return facts
