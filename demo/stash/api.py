"""GraphQL requests answered: parsed, validated and executed on our part of Stash's schema.

What does not fit the schema is answered 422 as Stash does; what goes wrong later is answered 200
with `errors`.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from functools import cache
from pathlib import Path
from threading import Lock

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSyntaxError,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from demo.stash.core import Asker
from demo.stash.named_mutations import NAMED_MUTATIONS
from demo.stash.plugin_mutations import PLUGIN_MUTATIONS
from demo.stash.queries import QUERIES
from demo.stash.resolvers import FIELDS
from demo.stash.scene_mutations import SCENE_MUTATIONS

SCHEMA_FILE = Path(__file__).with_name("schema.graphql")
_KEPT_DOCUMENTS = 200

Answer = dict[str, object]


@cache
def shared_api() -> Api:
    """One for all servers of a process: it holds nothing of any, and takes time to make."""
    return Api()


class Api:
    """The schema with its resolvers, and the queries it has seen lately."""

    def __init__(self) -> None:
        self._schema = _schema_with_resolvers()
        self._documents: OrderedDict[str, DocumentNode | list[GraphQLError]] = OrderedDict()
        self._lock = Lock()

    def answer(
        self,
        text: str,
        variables: dict[str, object] | None,
        operation: str | None,
        asker: Asker,
    ) -> tuple[int, Answer]:
        """HTTP status and body."""
        document = self._document(text)
        if isinstance(document, list):
            return 422, refusal(document)
        result = execute_sync(
            self._schema,
            document,
            context_value=asker,
            variable_values=variables,
            operation_name=operation,
        )
        if result.errors and all(error.path is None for error in result.errors):
            return 422, refusal(result.errors)  # the variables do not fit
        errors = [{"message": one.message, "path": one.path} for one in result.errors or ()]
        for error in errors:
            asker.core.journal.write("error", f"{_joined(error['path'])}: {error['message']}")
        return 200, {**({"errors": errors} if errors else {}), "data": result.data}

    def _document(self, text: str) -> DocumentNode | list[GraphQLError]:
        with self._lock:
            if text in self._documents:
                self._documents.move_to_end(text)
                return self._documents[text]
        document: DocumentNode | list[GraphQLError]
        try:
            document = parse(text)
            document = validate(self._schema, document) or document
        except GraphQLSyntaxError as error:
            document = [error]
        with self._lock:
            self._documents[text] = document
            if len(self._documents) > _KEPT_DOCUMENTS:
                self._documents.popitem(last=False)
        return document


def refusal(errors: list[GraphQLError]) -> Answer:
    """The body of a 422."""
    return {
        "errors": [
            {
                "message": _in_gos_quotes(one.message),
                "locations": [
                    {"line": place.line, "column": place.column} for place in one.locations or ()
                ],
                "extensions": {
                    "code": "GRAPHQL_PARSE_FAILED"
                    if isinstance(one, GraphQLSyntaxError)
                    else "GRAPHQL_VALIDATION_FAILED"
                },
            }
            for one in errors
        ],
        "data": None,
    }


def _in_gos_quotes(message: str) -> str:
    return re.sub(r"'([\w!\[\]]+)'", r'"\1"', message.partition(" Did you mean")[0])


def _joined(path: object) -> str:
    return ".".join(map(str, path)) if isinstance(path, list) else ""


def _schema_with_resolvers() -> GraphQLSchema:
    schema = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))
    mutations = {**SCENE_MUTATIONS, **NAMED_MUTATIONS, **PLUGIN_MUTATIONS}
    for name, fields in {**FIELDS, "Query": QUERIES, "Mutation": mutations}.items():
        described = schema.type_map[name]
        if not isinstance(described, GraphQLObjectType):
            raise TypeError(f"{name} has no fields")
        for field_name, resolver in fields.items():
            if field_name in described.fields:
                described.fields[field_name].resolve = resolver
    return schema
