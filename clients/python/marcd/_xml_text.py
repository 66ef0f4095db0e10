"""A record's MARCXML as text, without a tree of elements."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .record import Record

# An attribute's value that is written as it stands.
_is_plain = re.compile(r"[^&<>\"\r\n\t]*").fullmatch


# Not typed: it has a fast way for one argument that is a str and no subclass of it.
@functools.lru_cache(1024)
def _subfield_start(code: str) -> str | None:
    """The start of a subfield's tag; None if the code is not written as it stands."""
    if type(code) is not str or not _is_plain(code):
        return None
    return f'<subfield code="{code}"'


@functools.lru_cache(4096, typed=True)
def _field_start(tag: str, *indicators: str) -> str | None:
    """The start of a field's tag; None if it has what is not written as it stands."""
    values = (*indicators, tag)
    if any(type(value) is not str or not _is_plain(value) for value in values):
        return None
    if not indicators:
        return f'<controlfield tag="{tag}"'
    return '<datafield ind1="{}" ind2="{}" tag="{}"'.format(*values)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain_xml(record: Record, attributes: str) -> str | None:
    """What ElementTree makes of the record's elements, in characters.

    `attributes` are those of the first one, as they are written, each with a blank before it.
    None for a record with anything but plain texts, such as bytes, a code with a quotation
    mark or a text that is None: those need the tree.
    """
    try:
        return _plain_xml(record, attributes)
    except (AttributeError, TypeError, ValueError):
        return None


def _plain_xml(record: Record, attributes: str) -> str | None:
    leader = _escaped(str(record.leader))
    out = [f"<record{attributes}>", f"<leader>{leader}</leader>" if leader else "<leader />"]
    for field in record:
        if field.control_field:
            start, text = _field_start(field.tag), field.data
            if start is None or type(text) is not str:
                return None
            out.append(f"{start}>{_escaped(text)}</controlfield>" if text else f"{start} />")
            continue
        indicators = field.indicators
        start = indicators and _field_start(field.tag, *indicators)
        if start is None:
            return None
        subfields = field.subfields
        if not subfields:
            out.append(f"{start} />")
            continue
        out.append(f"{start}>")
        for code, value in subfields:
            start = _subfield_start(code)
            if start is None or value.__class__ is not str:
                return None
            if "&" in value or "<" in value or ">" in value:
                value = _escaped(value)
            out.append(f"{start}>{value}</subfield>" if value else f"{start} />")
        out.append("</datafield>")
    out.append("</record>")
    return "".join(out)
