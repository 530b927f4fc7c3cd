"""The forms of an Agent Card, from the descriptor of the protocol: a reference that shares nothing with samebyte.

The field table is that of `a2a-sdk`, whose protobuf descriptor says for every field what it holds and whether it is
`REQUIRED`, `optional` or a member of a `oneof`. Canonical text is that of `rfc8785`, over doubles.

`python agent_card.py` writes the table to a2a/fields.json, with which the core compares its own.
"""

import json
from pathlib import Path

import rfc8785
from a2a.types import a2a_pb2
from google.api import field_behavior_pb2

CARD = a2a_pb2.AgentCard.DESCRIPTOR


class MalformedError(Exception):
    """A member that the form reads has another type."""


def canonical(value) -> bytes:
    """RFC 8785 over doubles."""
    return rfc8785.dumps(_doubles(value))


def raw(card: dict) -> bytes:
    """All that is served, but for the signatures."""
    return canonical({name: value for name, value in card.items() if name != "signatures"})


def spec(card: dict) -> bytes:
    """A2A 1.0 section 8.4.1, rule 1."""
    return canonical(_spec(card, CARD, top=True))


def sdk(card: dict) -> bytes:
    """What the SDKs do: known members, defaults and empties removed."""
    return canonical(_clean(_sdk(card, CARD, top=True)) or {})


def _doubles(value):
    if isinstance(value, dict):
        return {name: _doubles(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_doubles(inner) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def fields(message) -> dict:
    """The fields of a message by their JSON name."""
    return {field.json_name: field for field in message.fields}


def required(field) -> bool:
    behaviors = field.GetOptions().Extensions[field_behavior_pb2.field_behavior]
    return field_behavior_pb2.FieldBehavior.Value("REQUIRED") in behaviors


def is_map(field) -> bool:
    return bool(field.message_type and field.message_type.GetOptions().map_entry)


def _known(message, name):
    """The field with this JSON or proto name."""
    return next((field for field in message.fields if name in (field.json_name, field.name)), None)


def _check(message, members):
    """No field under both names, at most one member of a oneof."""
    names, oneofs = set(), set()
    for name, value in members.items():
        field = _known(message, name)
        if field is None:
            continue
        if field.name in names:
            raise MalformedError(name)
        names.add(field.name)
        oneof = field.containing_oneof
        if oneof and len(oneof.fields) > 1 and value is not None:
            if oneof.name in oneofs:
                raise MalformedError(name)
            oneofs.add(oneof.name)


def _typed(field, value, convert):
    """The value of a field, each message in it converted."""
    if is_map(field):
        _want(value, dict)
        entry = field.message_type.fields_by_name["value"]
        return {name: _single(entry, inner, convert) for name, inner in value.items()}
    if field.is_repeated:
        _want(value, list)
        return [_single(field, inner, convert) for inner in value]
    return _single(field, value, convert)


def _single(field, value, convert):
    if field.message_type is None:
        _want(value, bool if field.type == field.TYPE_BOOL else str)
        return value
    _want(value, dict)
    if field.message_type.full_name == "google.protobuf.Struct":
        return value
    return convert(value, field.message_type)


def _want(value, kind):
    if type(value) is not kind:
        raise MalformedError(repr(value))


def _spec(members, message, top=False):
    _want(members, dict)
    _check(message, members)
    kept = {}
    for name, value in members.items():
        field = fields(message).get(name)
        if top and name == "signatures":
            continue
        if field is None:
            kept[name] = value
            continue
        if value is not None:
            value = _typed(field, value, _spec)
        if required(field):
            kept[name] = value
        elif field.has_presence:
            if value is not None:
                kept[name] = value
        elif value not in (None, "", [], {}, False):
            kept[name] = value
    return kept


def _sdk(members, message, top=False):
    _want(members, dict)
    _check(message, members)
    kept = {}
    for name, value in members.items():
        field = _known(message, name)
        if field is None or value is None or (top and field.name == "signatures"):
            continue
        value = _typed(field, value, _sdk)
        if field.has_presence or value is not False:
            kept[field.json_name] = value
    return kept


def _clean(value):
    """The value without what is empty; `None` where nothing is left."""
    if isinstance(value, dict):
        return {name: inner for name, item in value.items() if (inner := _clean(item)) is not None} or None
    if isinstance(value, list):
        return [inner for item in value if (inner := _clean(item)) is not None] or None
    return None if value == "" and isinstance(value, str) else value


def differences(card: dict) -> list:
    """`(pointer, why)` for each value of the card on which the forms or the SDKs do not agree, in canonical order."""
    found = []
    _differ({name: value for name, value in card.items() if name != "signatures"}, CARD, "", found)
    return found


def unsigned(card: dict, form: str) -> list:
    """Pointers to what the form does not cover."""
    if form == "raw":
        return []
    if form == "sdk":
        return [pointer for pointer, why in differences(card) if why not in ("proto_name", "__proto__")]
    found = []
    _spec_drops(card, CARD, "", found)
    return found


def _in_order(members):
    return sorted(members.items(), key=lambda item: item[0].encode("utf-16-be"))


def _token(name) -> str:
    return "/" + str(name).replace("~", "~0").replace("/", "~1")


def _kept(field, value):
    """What the `sdk` form keeps of a field's value, `None` for nothing."""
    kept = _clean(_typed(field, value, _sdk))
    return None if kept is False and not field.has_presence else kept


def _differ(members, message, pointer, found):
    for name, value in _in_order(members):
        here, field = pointer + _token(name), _known(message, name)
        if field is None:
            found.append((here, "unknown"))
            continue
        if name != field.json_name:
            found.append((here, "proto_name"))
        if value is None:
            found.append((here, "null"))
        elif _kept(field, value) is None:
            found.append((here, "default" if value is False else "empty"))
        elif is_map(field):
            entry = field.message_type.fields_by_name["value"]
            for key, inner in _in_order(value):
                if key == "__proto__":
                    found.append((here + _token(key), "__proto__"))
                _differ_single(entry, inner, here + _token(key), found)
        elif field.is_repeated:
            for index, inner in enumerate(value):
                _differ_single(field, inner, here + _token(index), found)
        else:
            _differ_single(field, value, here, found)


def _differ_single(field, value, pointer, found):
    if _clean(_single(field, value, _sdk)) is None:
        found.append((pointer, "empty"))
    elif field.message_type is None:
        return
    elif field.message_type.full_name == "google.protobuf.Struct":
        _differ_free(value, pointer, found)
    else:
        _differ(value, field.message_type, pointer, found)


def _differ_free(value, pointer, found):
    inside = _in_order(value) if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in inside:
        here = pointer + _token(name)
        if name == "__proto__":
            found.append((here, "__proto__"))
        if inner is None:
            found.append((here, "null"))
        elif _clean(inner) is None:
            found.append((here, "empty"))
        else:
            _differ_free(inner, here, found)


def _spec_drops(members, message, pointer, found):
    kept = _spec(members, message, top=message is CARD)
    for name, value in _in_order(members):
        here, field = pointer + _token(name), fields(message).get(name)
        if field is None or (message is CARD and name == "signatures"):
            continue
        if name not in kept:
            found.append(here)
        elif value is None or field.message_type is None:
            continue
        elif is_map(field):
            entry = field.message_type.fields_by_name["value"]
            if entry.message_type:
                for key, inner in _in_order(value):
                    _spec_drops(inner, entry.message_type, here + _token(key), found)
        elif field.message_type.full_name != "google.protobuf.Struct":
            for index, inner in enumerate(value) if field.is_repeated else ((None, value),):
                _spec_drops(inner, field.message_type, here if index is None else here + _token(index), found)


def _table(message, table) -> None:
    """Adds a message, and every message in it, to a table of fields."""
    if message.name in table or message.full_name == "google.protobuf.Struct":
        return
    rows = table[message.name] = []
    for field in message.fields:
        inner = field.message_type.fields_by_name["value"] if is_map(field) else field
        kind = inner.message_type.name if inner.message_type else "bool" if inner.type == inner.TYPE_BOOL else "string"
        assert kind != "string" or inner.type == inner.TYPE_STRING
        oneof = field.containing_oneof and len(field.containing_oneof.fields) > 1
        rows.append(
            {
                "name": field.json_name,
                "proto_name": field.name,
                "presence": "required"
                if required(field)
                else "oneof"
                if oneof
                else "explicit"
                if field.has_presence
                else "implicit",
                "count": "map" if is_map(field) else "list" if field.is_repeated else "one",
                "kind": kind,
            }
        )
        if inner.message_type:
            _table(inner.message_type, table)


def main() -> None:
    table = {}
    _table(CARD, table)
    path = Path(__file__).resolve().parent / "a2a" / "fields.json"
    path.write_text(json.dumps(table, indent=1) + "\n", "ascii")


if __name__ == "__main__":
    main()
