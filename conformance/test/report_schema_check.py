#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Checks JSON lines against the JSON Schema beside the report's source.

    report_schema_check.py SCHEMA FILE

It knows the words that this schema uses, and refuses a schema with others, so it needs no package.
"""
import json
import sys

KNOWN = {"$schema", "$id", "title", "description", "type", "additionalProperties", "required",
         "properties", "const", "enum", "minimum", "minLength", "items"}
TYPES = {"string": str, "integer": int, "array": list, "object": dict, "null": type(None),
         "boolean": bool}


def faults(schema, value, where):
    """What is wrong with value, as sentences."""
    unknown = set(schema) - KNOWN
    if unknown:
        yield f"{where}: the schema uses {sorted(unknown)}, which this check does not know"
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    if names and not any(isinstance(value, TYPES[name]) and
                         isinstance(value, bool) == (name == "boolean") for name in names):
        yield f"{where}: {value!r} is not {' or '.join(names)}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{where}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    if isinstance(value, int) and value < schema.get("minimum", value):
        yield f"{where}: {value} is less than {schema['minimum']}"
    if isinstance(value, str) and len(value) < schema.get("minLength", 0):
        yield f"{where}: {value!r} is too short"
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from faults(schema.get("items", {}), item, f"{where}[{index}]")
    if isinstance(value, dict):
        yield from object_faults(schema, value, where)


def object_faults(schema, value, where):
    """The same for the keys of an object."""
    properties = schema.get("properties", {})
    for key in schema.get("required", []):
        if key not in value:
            yield f"{where}: {key} is missing"
    for key, item in value.items():
        if key in properties:
            yield from faults(properties[key], item, f"{where}.{key}")
        elif schema.get("additionalProperties") is False:
            yield f"{where}: {key} is not described"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    found = []
    lines = 0
    with open(sys.argv[2], encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            found += faults(schema, json.loads(line), f"line {number}")
            lines += 1
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found or lines == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
