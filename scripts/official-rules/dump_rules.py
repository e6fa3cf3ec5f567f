"""Prints the rule files of an installed mlperf-logging as JSON, with each Python expression as a syntax tree.

Usage: dump_rules.py. A syntax tree node is an object whose `node` names the class in Python's `ast`.
"""

import ast
import json
import pathlib
import sys
from importlib.metadata import version

import yaml
from mlperf_logging.compliance_checker import mlp_compliance

FOLDER = pathlib.Path(mlp_compliance.__file__).parent
CODE = ("CHECK", "FIRST_CHECK", "ATLEAST_ONE_CHECK", "PRE", "POST", "CODE")


def tree(node):
    """Turns a syntax tree into JSON values."""
    if isinstance(node, ast.AST):
        fields = {name: tree(value) for name, value in ast.iter_fields(node)}
        return {"node": type(node).__name__, **fields}
    if isinstance(node, list):
        return [tree(each) for each in node]
    return node


def parse(code, where):
    """The syntax trees of the expressions or statements in a rule's member; a rule may hold a list of them."""
    parts = code if isinstance(code, list) else [code]
    try:
        return [tree(ast.parse(part.strip()).body) for part in parts]
    except SyntaxError as error:
        sys.exit(f"{where}: {error}")


def read_rule(item, where):
    """A rule as written, with its code parsed. A second member beside `KEY`, `BEGIN` or `END` is ignored, as the checker does."""
    kind = next(iter(item))
    members = item[kind]
    parsed = {
        name: parse(value, f"{where}, {members.get('NAME', kind)}") if name in CODE else value
        for name, value in members.items()
    }
    return {"kind": kind, **parsed}


def read_file(path):
    """The rules of a file; None if the official checker cannot read it."""
    try:
        items = yaml.load(path.read_text(), Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        return {"name": path.stem, "rules": None}
    where = f"{path.parent.name}/{path.name}"
    return {"name": path.stem, "rules": [read_rule(item, where) for item in items or []]}


def main():
    folders = sorted(path for path in FOLDER.iterdir() if path.is_dir() and "_" in path.name)
    editions = [
        {"folder": folder.name, "files": [read_file(path) for path in sorted(folder.glob("*.yaml"))]}
        for folder in folders
        if any(folder.glob("*.yaml"))
    ]
    print(json.dumps({"version": version("mlperf-logging"), "editions": editions}))


if __name__ == "__main__":
    main()
