"""Who may import whom, read from the code and proved in fresh processes."""

import ast
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(path for folder in ("bot", "knowledge") for path in (ROOT / folder).rglob("*.py"))
MODULES = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in FILES]
BY_NAME = dict(zip(MODULES, FILES, strict=True))
# Alembic's scripts are run by Alembic, with names that it sets.
SCRIPTS = {name for name in MODULES if name.startswith("knowledge.store.migrations.")}


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(BY_NAME[name].read_text(encoding="utf-8"), name)


def imports(name: str, *, at_start: bool = False) -> set[str]:
    """What a module imports, anywhere in it or only when it is itself imported."""
    return set(_imported(name, tree(name).body, at_start=at_start))


def _imported(name: str, body: list[ast.stmt], *, at_start: bool) -> Iterator[str]:
    for node in body:
        for inner in ast.walk(node) if not at_start else _at_start(node):
            if isinstance(inner, ast.Import):
                yield from (alias.name for alias in inner.names)
            elif isinstance(inner, ast.ImportFrom):
                assert inner.level == 0, f"{name} imports relatively"
                yield inner.module or ""
                yield from (f"{inner.module}.{alias.name}" for alias in inner.names)


def _at_start(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _at_start(child)


def under(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def importers(package: str, *, at_start: bool = False) -> set[str]:
    """The modules outside a package that import it."""
    return {
        name
        for name in MODULES
        if not under(name, package) and any(under(other, package) for other in imports(name, at_start=at_start))
    }


# -- read from the code ----------------------------------------------------------------------------------------------


def test_knowledge_never_imports_the_bot_or_telegram():
    for package in ("bot", "telegram"):
        assert {name for name in importers(package) if under(name, "knowledge")} == set()


def test_answering_and_building_never_import_each_other():
    for one, other in (("knowledge.answer", "knowledge.build"), ("knowledge.build", "knowledge.answer")):
        assert {name for name in importers(one) if under(name, other)} == set()


def test_only_the_ingest_command_reaches_building_and_only_inside_a_function():
    assert importers("knowledge.build") == {"bot.building"}
    assert importers("bot.building") == {"bot.building_ray", "bot.ingesting"}
    assert importers("knowledge.build", at_start=True) == set()


def test_only_building_imports_spacy():
    assert all(under(name, "knowledge.build") for name in importers("spacy"))
    assert importers("spacy"), "the test can see an import"


def test_the_layers_of_knowledge_import_downwards_only():
    order = ["knowledge.digest", "knowledge.answer", "knowledge.index", "knowledge.store"]
    for i, lower in enumerate(order):
        for upper in order[:i]:
            assert {name for name in importers(upper) if under(name, lower)} == set(), f"{lower} imports {upper}"


def test_only_the_store_the_index_and_what_opens_them_know_the_database():
    allowed = (
        "knowledge.store",
        "knowledge.index",
        "knowledge.ingest",
        "knowledge.export",
        "knowledge.library",
        "knowledge.watching",
    )
    assert {name for name in importers("sqlalchemy") if not any(under(name, part) for part in allowed)} == set()


def test_only_the_renderer_makes_telegram_html():
    made = {
        name
        for name in MODULES
        if under(name, "bot")
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if any(tag in node.value for tag in ("<b>", "</b>", "<i>", "<blockquote", "<a href"))
    }
    assert made <= {"bot.render"}


# -- proved in fresh processes ---------------------------------------------------------------------------------------

LIGHT = [
    ("bot.dialogue", ("spacy", "knowledge.build", "telegram")),
    ("bot.batch", ("spacy", "knowledge.build", "telegram")),
    ("bot.app", ("spacy", "knowledge.build")),
    ("knowledge.library", ("spacy", "knowledge.build", "telegram", "sqlalchemy", "alembic")),
    ("knowledge.answer", ("spacy", "knowledge.build", "telegram", "sqlalchemy", "alembic")),
]


@pytest.mark.parametrize(("module", "without"), LIGHT, ids=[module for module, _ in LIGHT])
def test_a_fresh_process_that_imports_it_has_not_loaded(module, without):
    code = f"import sys, json, {module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = json.loads(done.stdout)
    assert module in loaded
    assert [name for name in loaded if any(under(name, package) for package in without)] == []


# -- every module ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODULES)
def test_a_module_says_what_it_is_for(name):
    assert ast.get_docstring(tree(name))


@pytest.mark.parametrize("name", sorted(set(MODULES) - SCRIPTS - {"bot.__main__"}))
def test_what_a_module_lists_is_sorted_and_can_be_imported(name):
    module = importlib.import_module(name)
    listed = getattr(module, "__all__", None)
    if listed is None:
        assert Path(BY_NAME[name]).name in ("__init__.py", "texts.py", "phrases.py"), "a module lists what it offers"
        return
    assert len(set(listed)) == len(listed)
    assert all(hasattr(module, offered) for offered in listed)
    # As ruff sorts them (RUF022): constants, then classes, then the rest.
    assert listed == sorted(listed, key=lambda o: (0 if o.isupper() else 1 if o[:1].isupper() else 2, o))


def test_the_tests_can_see_every_module():
    assert len(MODULES) > 40
    assert {"bot.app", "knowledge.build", "knowledge.answer.rank"} <= set(MODULES)
