"""The names that SDKs give to clients, and the errors of the wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import botocore.session
from botocore.utils import get_service_module_name

from constructs_lib.catalogue import families, operations, spellings
from constructs_lib.explain import explain
from constructs_lib.explain.clients import BOTO_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.catalogue import Operation

CLIENTS = {family.client for family in families().values() if family.client}


def test_the_classes_of_clients_are_those_of_botocore() -> None:
    session = botocore.session.get_session()
    known = CLIENTS & set(session.get_available_services())
    classes = {get_service_module_name(session.get_service_model(client)): client for client in known}
    assert {name: client for name, client in BOTO_CLASSES.items() if client in known} == classes


def _methods() -> Iterator[tuple[Operation, str]]:
    for operation in operations():
        if not operation.bidirectional:
            yield operation, (spellings(operation).boto3 or "").rpartition(".")[2].removesuffix("()")


def test_every_operation_on_a_client_without_it_names_the_client_that_has_it() -> None:
    for operation, method in _methods():
        having = {o.client for o in operations() if o.name == operation.name}
        wrong = next(name for name, client in BOTO_CLASSES.items() if client not in having)
        document = explain(f"AttributeError: '{wrong}' object has no attribute '{method}'").document()
        assert document["kind"] == "wrong-client", method
        assert document["client"] in having
        assert document["remedy"]["code"] == f'boto3.client("{document["client"]}").{method}()'


def test_every_operation_on_its_own_client_is_an_old_sdk() -> None:
    classes = {client: name for name, client in BOTO_CLASSES.items()}
    for operation, method in _methods():
        if own := classes.get(operation.client):
            document = explain(f"AttributeError: '{own}' object has no attribute '{method}'").document()
            assert document["kind"] == "sdk-too-old", method


def test_another_library_is_none_of_ours() -> None:
    assert explain("AttributeError: 'S3' object has no attribute 'converse'").kind == "unknown"
    assert explain("TypeError: emitter.converge is not a function").kind == "unknown"
