"""Plans and states of Terraform: what attaches to what, what only the apply makes known, what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.iam.model import UNRESOLVED
from constructs_lib.review import review
from constructs_lib.templates import Model, Principal, read, read_document

if TYPE_CHECKING:
    from pathlib import Path

_TRUST = json.dumps(
    {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    }
)


def _document(action: str) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


def _resource(address: str, /, **values: Any) -> dict[str, Any]:
    own = address.split(".")[-2:]
    name, mark, index = own[1].partition("[")
    found = {"address": address, "type": own[0], "name": name, "values": values}
    return found | ({"index": json.loads(index[:-1])} if mark else {})


def _references(*names: str) -> dict[str, Any]:
    return {"references": [part for name in names for part in (name, name.rpartition(".")[0])]}


def _plan(
    resources: list[dict[str, Any]],
    unknown: dict[str, dict[str, Any]] | None = None,
    expressions: dict[str, dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": [
            {"address": address, "change": {"after_unknown": item}}
            for address, item in (unknown or {}).items()
        ],
        "configuration": {
            "root_module": {
                "resources": [
                    {"address": address, "expressions": item} for address, item in (expressions or {}).items()
                ]
            }
        },
        **more,
    }


def _role(name: str = "app", **more: Any) -> dict[str, Any]:
    return _resource(f"aws_iam_role.{name}", name=name, path="/", assume_role_policy=_TRUST, **more)


def _actions(principal: Principal) -> list[str]:
    return sorted(
        action
        for policy in principal.policies
        for statement in policy.statements
        for action in statement.actions or ()
    )


def _by_name(model: Model) -> dict[str, Principal]:
    return {principal.name: principal for principal in model.principals}


def test_a_role_has_its_trust_its_address_and_what_of_its_arn_is_known() -> None:
    model = read_document(_plan([_role()]), "plan.json")
    (role,) = model.principals
    assert (role.id, role.name, role.type) == ("plan.json#aws_iam_role.app", "app", "role")
    assert role.arn == f"arn:{UNRESOLVED}:iam::{UNRESOLVED}:role/app"
    assert role.trust is not None
    assert role.origin.pointer == "/planned_values/root_module/resources/0"
    assert not role.incomplete
    assert [(item.kind, item.error, item.incomplete) for item in model.inputs] == [("terraform", None, ())]


@pytest.mark.parametrize(
    "extra",
    [
        _resource("aws_iam_role_policy.p", name="p", role="app", policy=_document("bedrock:InvokeModel")),
        _resource(
            "aws_iam_role_policy_attachment.p", role="app", policy_arn="arn:aws:iam::111122223333:policy/own"
        ),
        _resource(
            "aws_iam_policy_attachment.p", roles=["app"], policy_arn="arn:aws:iam::111122223333:policy/own"
        ),
        _resource(
            "aws_iam_role_policy_attachments_exclusive.p",
            role_name="app",
            policy_arns=["arn:aws:iam::111122223333:policy/own"],
        ),
    ],
    ids=lambda item: item["type"],
)
def test_policies_attach_to_a_role_by_its_name(extra: dict[str, Any]) -> None:
    own = _resource("aws_iam_policy.own", name="own", path="/", policy=_document("bedrock:InvokeModel"))
    found = _by_name(read_document(_plan([_role(), _role("other"), own, extra])))
    assert _actions(found["app"]) == ["bedrock:InvokeModel"]
    assert _actions(found["other"]) == []
    assert found["app"].incomplete == ()


@pytest.mark.parametrize(
    ("kind", "principal", "attribute", "named"),
    [
        ("user", "aws_iam_user.u", "user", "name"),
        ("group", "aws_iam_group.u", "group", "name"),
        ("role", "aws_iam_role.u", "role", "name"),
    ],
)
def test_an_attachment_is_joined_by_its_reference(
    kind: str, principal: str, attribute: str, named: str
) -> None:
    resources = [
        _resource(principal, path="/", assume_role_policy=_TRUST),
        _resource("aws_iam_policy.own", path="/", policy=_document("bedrock:InvokeModel")),
        _resource(f"aws_iam_{kind}_policy_attachment.a"),
    ]
    unknown = {
        principal: {"name": True, "arn": True},
        "aws_iam_policy.own": {"name": True, "arn": True},
        f"aws_iam_{kind}_policy_attachment.a": {attribute: True, "policy_arn": True},
    }
    expressions: dict[str, dict[str, Any]] = {
        principal: {},
        "aws_iam_policy.own": {"policy": {}},
        f"aws_iam_{kind}_policy_attachment.a": {
            attribute: _references(f"{principal}.{named}"),
            "policy_arn": _references("aws_iam_policy.own.arn"),
        },
    }
    (found,) = read_document(_plan(resources, unknown, expressions)).principals
    assert (found.type, _actions(found), found.incomplete) == (kind, ["bedrock:InvokeModel"], ())


def test_a_reference_of_one_of_many_means_the_one_with_the_same_index() -> None:
    names = ('aws_iam_role.r["a"]', 'aws_iam_role.r["b"]')
    resources = [
        *(_resource(name, path="/", assume_role_policy=_TRUST) for name in names),
        _resource('aws_iam_role_policy.p["a"]', name="p", policy=_document("bedrock:InvokeModel")),
        _resource('aws_iam_role_policy.p["b"]', name="p", policy=_document("bedrock:CreateGuardrail")),
    ]
    unknown = {name.replace("role.r", "role_policy.p"): {"role": True} for name in names}
    expressions: dict[str, dict[str, Any]] = {
        "aws_iam_role.r": {},
        "aws_iam_role_policy.p": {"role": {"references": ["aws_iam_role.r", "each.key"]}},
    }
    found = _by_name(read_document(_plan(resources, unknown, expressions)))
    assert _actions(found['r["a"]']) == ["bedrock:InvokeModel"]
    assert _actions(found['r["b"]']) == ["bedrock:CreateGuardrail"]


def test_references_are_followed_through_variables_and_outputs_of_modules() -> None:
    plan = _plan([])
    plan["planned_values"]["root_module"]["child_modules"] = [
        {
            "address": "module.roles",
            "resources": [_resource("module.roles.aws_iam_role.this", assume_role_policy=_TRUST)],
        },
        {
            "address": 'module.rights["x"]',
            "resources": [
                _resource(
                    'module.rights["x"].aws_iam_role_policy.p',
                    name="p",
                    policy=_document("bedrock:InvokeModel"),
                )
            ],
        },
    ]
    plan["resource_changes"] = [
        {
            "address": 'module.rights["x"].aws_iam_role_policy.p',
            "change": {"after_unknown": {"role": True}},
        }
    ]
    plan["configuration"]["root_module"]["module_calls"] = {
        "roles": {
            "module": {
                "outputs": {"name": {"expression": _references("aws_iam_role.this.name")}},
                "resources": [{"address": "aws_iam_role.this", "expressions": {}}],
            }
        },
        "rights": {
            "expressions": {"role": _references("module.roles.name")},
            "module": {
                "resources": [
                    {
                        "address": "aws_iam_role_policy.p",
                        "expressions": {"role": {"references": ["var.role"]}},
                    }
                ]
            },
        },
    }
    (role,) = read_document(plan).principals
    assert role.id == "document#module.roles.aws_iam_role.this"
    assert _actions(role) == ["bedrock:InvokeModel"]


def test_a_document_that_the_apply_assembles_is_put_together() -> None:
    statement = {
        "actions": ["bedrock:InvokeModel"],
        "effect": "Allow",
        "resources": [None, "arn:aws:s3:::b"],
        "condition": [{"test": "StringEquals", "variable": "aws:SourceVpc", "values": ["vpc-1"]}],
    }
    resources = [
        _role(),
        _resource("aws_iam_role_policy.p", name="p", role="app"),
        _resource("data.aws_iam_policy_document.d", statement=[statement]),
    ]
    unknown: dict[str, dict[str, Any]] = {
        "aws_iam_role_policy.p": {"policy": True},
        "data.aws_iam_policy_document.d": {"json": True, "statement": [{"resources": [True, False]}]},
    }
    expressions: dict[str, dict[str, Any]] = {
        "aws_iam_role.app": {},
        "aws_iam_role_policy.p": {"policy": _references("data.aws_iam_policy_document.d.json")},
    }
    (role,) = read_document(_plan(resources, unknown, expressions)).principals
    (found,) = role.policies[0].statements
    assert found.actions == ("bedrock:InvokeModel",)
    assert found.resources == (UNRESOLVED, "arn:aws:s3:::b")
    assert [(item.operator, item.key) for item in found.conditions] == [("StringEquals", "aws:SourceVpc")]
    assert found.unresolved


@pytest.mark.parametrize("attribute", ["inline_policy", "managed_policy_arns", "permissions_boundary"])
def test_what_is_unknown_is_said_only_where_the_configuration_sets_it(attribute: str) -> None:
    unknown = {"aws_iam_role.app": {attribute: True}}
    for expressions, count in (({}, 0), ({attribute: _references("aws_x.y.z")}, 1)):
        (role,) = read_document(_plan([_role()], unknown, {"aws_iam_role.app": expressions})).principals
        assert len(role.incomplete) == count


def test_a_policy_or_role_known_only_after_the_apply_is_said() -> None:
    resources = [_role(), _resource("aws_iam_role_policy.p", name="p", role="app")]
    unknown = {"aws_iam_role_policy.p": {"policy": True}}
    expressions: dict[str, dict[str, Any]] = {
        "aws_iam_role_policy.p": {"policy": _references("aws_s3_bucket.b.arn")}
    }
    (role,) = read_document(_plan(resources, unknown, expressions)).principals
    assert [item.why for item in role.incomplete] == ["policy `p` is known only after `terraform apply`"]
    resources = [_resource("aws_iam_role_policy.p", name="p", policy=_document("bedrock:InvokeModel"))]
    unknown = {"aws_iam_role_policy.p": {"role": True}}
    expressions = {"aws_iam_role_policy.p": {"role": _references("aws_x.y.name")}}
    (other,) = read_document(_plan(resources, unknown, expressions)).principals
    assert (other.type, _actions(other), len(other.incomplete)) == ("external", ["bedrock:InvokeModel"], 1)


def test_a_trust_that_is_not_known_may_name_anybody() -> None:
    plan = _plan(
        [_resource("aws_iam_role.app", name="app")], {"aws_iam_role.app": {"assume_role_policy": True}}
    )
    (role,) = read_document(plan).principals
    assert role.trust is not None
    assert role.trust.statements
    assert len(role.incomplete) == 1


def test_a_boundary_limits_only_when_it_is_known_in_full() -> None:
    def role(policy: dict[str, Any], unknown: dict[str, Any]) -> Principal:
        resources = [_role(), _resource("aws_iam_policy.b", name="b", path="/", **policy)]
        model = read_document(
            _plan(
                resources,
                {"aws_iam_role.app": {"permissions_boundary": True}, "aws_iam_policy.b": unknown},
                {
                    "aws_iam_role.app": {"permissions_boundary": _references("aws_iam_policy.b.arn")},
                    "aws_iam_policy.b": {"policy": _references("aws_x.y.arn")},
                },
            )
        )
        return _by_name(model)["app"]

    known = role({"policy": _document("s3:*")}, {"arn": True})
    assert known.boundary is not None
    assert not known.incomplete
    unknown = role({}, {"arn": True, "policy": True})
    assert unknown.boundary is None
    assert unknown.unread_boundary is not None
    assert len(unknown.incomplete) == 1


def test_a_state_lists_a_policy_once_that_it_has_twice() -> None:
    arn = "arn:aws:iam::111122223333:policy/own"
    role = _role(
        arn="arn:aws:iam::111122223333:role/app",
        inline_policy=[{"name": "p", "policy": _document("bedrock:InvokeModel")}],
        managed_policy_arns=[arn],
    )
    state = {
        "format_version": "1.0",
        "terraform_version": "1.11.4",
        "values": {
            "root_module": {
                "resources": [
                    role,
                    _resource(
                        "aws_iam_role_policy.p", name="p", role="app", policy=_document("bedrock:InvokeModel")
                    ),
                    _resource(
                        "aws_iam_policy.own", name="own", arn=arn, policy=_document("bedrock:GetGuardrail")
                    ),
                    _resource("aws_iam_role_policy_attachment.own", role="app", policy_arn=arn),
                ]
            }
        },
    }
    (found,) = read_document(state).principals
    assert _actions(found) == ["bedrock:GetGuardrail", "bedrock:InvokeModel"]
    assert (found.environment, found.incomplete) == ("111122223333/unknown", ())


def test_permission_sets_and_groups_have_what_is_attached_to_them() -> None:
    arn = "arn:aws:sso:::permissionSet/ssoins-1/ps-1"
    resources = [
        _resource("aws_ssoadmin_permission_set.s", name="s", arn=arn),
        _resource(
            "aws_ssoadmin_permission_set_inline_policy.i",
            permission_set_arn=arn,
            inline_policy=_document("bedrock:InvokeModel"),
        ),
        _resource("aws_iam_user.u", name="u"),
        _resource("aws_iam_group.g", name="g"),
        _resource("aws_iam_group_policy.p", name="p", group="g", policy=_document("bedrock:ListGuardrails")),
        _resource("aws_iam_user_group_membership.m", user="u", groups=["g"]),
    ]
    found = _by_name(read_document(_plan(resources)))
    assert (found["s"].type, _actions(found["s"])) == ("permission-set", ["bedrock:InvokeModel"])
    assert _actions(found["u"]) == _actions(found["g"]) == ["bedrock:ListGuardrails"]


@pytest.mark.parametrize(
    "kind", ["awscc_ec2_vpc_endpoint", "aws_cloudformation_stack", "awscc_iam_role", "aws_bedrock_guardrail"]
)
def test_what_may_carry_policies_and_is_not_read_is_said(kind: str) -> None:
    (found,) = read_document(_plan([_resource(f"{kind}.x"), _resource("aws_s3_bucket.b")])).inputs
    assert [item.why for item in found.incomplete] == [f"`{kind}.x` may carry policies and is not read"]


def test_endpoints_and_policies_of_organizations_are_read_where_they_stand() -> None:
    service = "com.amazonaws.us-east-1.bedrock-runtime"
    own = _resource("aws_vpc_endpoint.own", service_name=service, policy=_document("bedrock:Converse"))
    plain = _resource("aws_vpc_endpoint.plain", service_name=service)
    apart = _resource("aws_vpc_endpoint_policy.p", policy=_document("bedrock:Retrieve"))
    limit = _resource("aws_organizations_policy.o", content=_document("bedrock-runtime:*"))
    joined: dict[str, dict[str, Any]] = {
        "aws_vpc_endpoint_policy.p": {"vpc_endpoint_id": _references("aws_vpc_endpoint.plain.id")},
        "aws_vpc_endpoint.own": {"policy": {}},
    }
    model = read_document(_plan([own, plain, apart, limit], {}, joined), "plan.json")
    assert not model.inputs[0].incomplete
    where = "/planned_values/root_module/resources"
    assert {item.logical_id: (item.type, sorted(item.pointers.values())) for item in model.resources} == {
        "aws_vpc_endpoint.own": ("AWS::EC2::VPCEndpoint", [f"{where}/0/values/policy"]),
        "aws_vpc_endpoint.plain": ("AWS::EC2::VPCEndpoint", [f"{where}/2/values/policy"]),
        "aws_organizations_policy.o": ("AWS::Organizations::Policy", [f"{where}/3/values/content"]),
    }
    found = {f.location.pointer for f in review(model).findings if f.rule == "BP301"}
    assert found == {f"{where}/0/values/policy/Statement/0", f"{where}/3/values/content/Statement/0"}


@pytest.mark.parametrize("endpoint", [True, False])
def test_an_endpoint_policy_known_only_after_the_apply_is_said(endpoint: bool) -> None:
    resources = [
        _resource("aws_vpc_endpoint.e", service_name="com.amazonaws.us-east-1.bedrock"),
        _resource("aws_vpc_endpoint_policy.p"),
    ]
    joined = {"aws_vpc_endpoint_policy.p": {"vpc_endpoint_id": _references("aws_vpc_endpoint.e.id")}}
    model = read_document(_plan(resources, {}, joined if endpoint else {}))
    assert len(model.inputs[0].incomplete) == 1
    assert len(model.resources) == (0 if endpoint else 1)


@pytest.mark.parametrize("more", [{"complete": False}, {"errored": True}, {"deferred_changes": [{}]}])
def test_a_plan_that_is_not_complete_says_so(more: dict[str, Any]) -> None:
    assert len(read_document(_plan([_role()], **more)).inputs[0].incomplete) == 1
    assert not read_document(_plan([_role()], complete=True, errored=False)).inputs[0].incomplete


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("main.tf", 'resource "aws_iam_role" "app" {}'),
        ("main.tf.json", '{"resource": {}}'),
        ("terraform.tfstate", '{"version": 4, "lineage": "x", "serial": 1, "resources": []}'),
    ],
)
def test_a_configuration_or_stored_state_names_the_command_to_run(
    tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (found,) = read([str(path)]).inputs
    assert found.error is not None
    assert "terraform show -json" in found.error
    assert "\n" not in found.error


@pytest.mark.parametrize(
    "broken",
    [
        None,
        1,
        "x",
        [],
        {"resources": [None, {"address": 1}, {"address": "a", "type": {}}]},
        {"child_modules": [3]},
    ],
)
def test_shapes_that_are_no_plan_never_fail(broken: Any) -> None:
    model = read_document({**_plan([]), "planned_values": {"root_module": broken}})
    assert [item.error for item in model.inputs] == [None]
