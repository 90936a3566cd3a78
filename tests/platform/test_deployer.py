from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam

from constructs_lib import Deployer, DeployRole, PlanesError
from constructs_lib.review import review
from constructs_lib.templates import read_document
from tests.cdk import ACCOUNT, REGION, Stack, arn, resources, template

if TYPE_CHECKING:
    from collections.abc import Callable

UUIDS = {
    "workspace_id": "{5c15f91e-0b62-4ac2-9d6b-2b8a6bd5e001}",
    "repository_id": "5C15F91E-0b62-4ac2-9d6b-2b8a6bd5e002",
    "environment_id": "{5c15f91e-0b62-4ac2-9d6b-2b8a6bd5e003}",
}
GITHUB = "token.actions.githubusercontent.com"
BITBUCKET = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"


def trusting(deployer: Deployer) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the template of a deploy role, and its trust statements beside CloudFormation's."""
    stack = Stack(minimize=False)
    DeployRole(stack, "R", name_prefix="Chat", deployer=deployer)
    found = template(stack)
    [role] = resources(found, "AWS::IAM::Role").values()
    first, *rest = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert first["Principal"] == {"Service": "cloudformation.amazonaws.com"}
    return found, rest


def reviewed(found: dict[str, Any]) -> list[str]:
    return [f.rule for f in review(read_document(found)).findings if f.rule in {"BP108", "BP402"}]


TOKENS: list[tuple[Deployer, str, dict[str, Any]]] = [
    (
        Deployer.github("octo-org/octo-repo", branch="main"),
        GITHUB,
        {
            "StringEquals": {
                f"{GITHUB}:aud": "sts.amazonaws.com",
                f"{GITHUB}:sub": "repo:octo-org/octo-repo:ref:refs/heads/main",
            }
        },
    ),
    (
        Deployer.github("octo-org/octo-repo", owner_id="1234", repository_id="5678", branch="release/2026"),
        GITHUB,
        {
            "StringEquals": {
                f"{GITHUB}:aud": "sts.amazonaws.com",
                f"{GITHUB}:sub": "repo:octo-org@1234/octo-repo@5678:ref:refs/heads/release/2026",
            }
        },
    ),
    (
        Deployer.github("octo-org/octo-repo", environment="Production:V1"),
        GITHUB,
        {
            "StringEquals": {
                f"{GITHUB}:aud": "sts.amazonaws.com",
                f"{GITHUB}:sub": "repo:octo-org/octo-repo:environment:Production%3AV1",
            }
        },
    ),
    (
        Deployer.github(
            "octo-org/octo-repo",
            tag="v1.0",
            issuer="https://github.example.com/_services/token",
            audience="https://github.example.com/octo-org",
        ),
        "github.example.com/_services/token",
        {
            "StringEquals": {
                "github.example.com/_services/token:aud": "https://github.example.com/octo-org",
                "github.example.com/_services/token:sub": "repo:octo-org/octo-repo:ref:refs/tags/v1.0",
            }
        },
    ),
    (
        Deployer.gitlab("group/sub/project", branch="main"),
        "gitlab.com",
        {
            "StringEquals": {
                "gitlab.com:aud": "https://gitlab.com",
                "gitlab.com:sub": "project_path:group/sub/project:ref_type:branch:ref:main",
            }
        },
    ),
    (
        Deployer.gitlab("group/project", tag="v1", issuer="https://gitlab.example.com", audience="aws"),
        "gitlab.example.com",
        {
            "StringEquals": {
                "gitlab.example.com:aud": "aws",
                "gitlab.example.com:sub": "project_path:group/project:ref_type:tag:ref:v1",
            }
        },
    ),
    (
        Deployer.bitbucket("acme", **UUIDS),
        BITBUCKET,
        {
            "StringEquals": {
                f"{BITBUCKET}:aud": "ari:cloud:bitbucket::workspace/5c15f91e-0b62-4ac2-9d6b-2b8a6bd5e001"
            },
            "StringLike": {
                f"{BITBUCKET}:sub": "{5c15f91e-0b62-4ac2-9d6b-2b8a6bd5e002}:"
                "{5c15f91e-0b62-4ac2-9d6b-2b8a6bd5e003}:*"
            },
        },
    ),
]


@pytest.mark.parametrize(
    ("deployer", "issuer", "conditions"), TOKENS, ids=[issuer for _, issuer, _ in TOKENS]
)
def test_tokens_of_one_repository_with_audience_and_subject_are_trusted(
    deployer: Deployer, issuer: str, conditions: dict[str, Any]
) -> None:
    found, trust = trusting(deployer)
    [(name, provider)] = resources(found, "AWS::IAM::OIDCProvider").items()
    audience = next(value for key, value in conditions["StringEquals"].items() if key.endswith(":aud"))
    assert provider["Properties"] == {"Url": f"https://{issuer}", "ClientIdList": [audience]}
    assert trust == [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": {"Fn::GetAtt": [name, "Arn"]}},
            "Condition": conditions,
        }
    ]
    assert reviewed(found) == []


def test_a_trust_without_its_subject_would_be_reported() -> None:
    found, _ = trusting(Deployer.github("octo-org/octo-repo", branch="main"))
    [role] = resources(found, "AWS::IAM::Role").values()
    statement = role["Properties"]["AssumeRolePolicyDocument"]["Statement"][1]
    del statement["Condition"]["StringEquals"][f"{GITHUB}:sub"]
    assert reviewed(found) == ["BP108"]


def test_one_provider_serves_every_role_of_the_stack() -> None:
    stack = Stack()
    for name, audience in (("A", "sts.amazonaws.com"), ("B", "aws"), ("C", "aws")):
        deployer = Deployer.github("octo-org/octo-repo", branch="main", audience=audience)
        DeployRole(stack, name, name_prefix=f"Chat{name}", deployer=deployer)
    [provider] = resources(template(stack), "AWS::IAM::OIDCProvider").values()
    assert provider["Properties"]["ClientIdList"] == ["sts.amazonaws.com", "aws"]


def test_an_existing_provider_is_trusted_and_none_is_made() -> None:
    known = f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com"
    found, [statement] = trusting(Deployer.gitlab("group/project", branch="main", provider=known))
    assert statement["Principal"] == {"Federated": known}
    assert resources(found, "AWS::IAM::OIDCProvider") == {}

    stack = Stack()
    mine = iam.CfnOIDCProvider(stack, "Mine", url="https://gitlab.com", client_id_list=["https://gitlab.com"])
    deployer = Deployer.gitlab("group/project", branch="main", provider=mine)
    DeployRole(stack, "R", name_prefix="Chat", deployer=deployer)
    assert [*resources(template(stack), "AWS::IAM::OIDCProvider")] == ["Mine"]


@pytest.mark.parametrize(("project", "pattern"), [(None, "*"), ("deploy-chat", "deploy-chat")])
def test_codebuild_is_trusted_for_projects_of_this_account(project: str | None, pattern: str) -> None:
    found, trust = trusting(Deployer.codebuild(project))
    assert trust == [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "codebuild.amazonaws.com"},
            "Condition": {
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "ArnLike": {"aws:SourceArn": arn(f"codebuild:{REGION}:{ACCOUNT}:project/{pattern}")},
            },
        }
    ]
    assert reviewed(found) == []


def test_a_named_principal_is_trusted_as_it_is() -> None:
    pipeline = f"arn:aws:iam::{ACCOUNT}:role/pipeline"
    found, trust = trusting(Deployer.principal(iam.ArnPrincipal(pipeline)))
    assert trust == [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": pipeline}}]
    assert reviewed(found) == []


def test_the_role_of_a_project_of_the_same_stack_is_trusted() -> None:
    stack = Stack()
    build = codebuild.BuildSpec.from_object({"version": "0.2"})
    project = codebuild.Project(stack, "P", build_spec=build)
    assert project.role is not None
    DeployRole(stack, "R", name_prefix="Chat", deployer=Deployer.principal(project.role))
    assert reviewed(template(stack)) == []


ADMITTED: list[iam.IPrincipal] = [
    iam.AccountPrincipal(ACCOUNT),
    iam.AccountPrincipal("999988887777").with_conditions({"StringEquals": {"sts:ExternalId": "1a2b"}}),
    iam.ArnPrincipal("arn:aws:iam::999988887777:role/pipeline"),
    iam.ServicePrincipal("codepipeline.amazonaws.com"),
    iam.CompositePrincipal(
        iam.ArnPrincipal(f"arn:aws:iam::{ACCOUNT}:role/a"), iam.ArnPrincipal(f"arn:aws:iam::{ACCOUNT}:role/b")
    ),
]


@pytest.mark.parametrize("principal", ADMITTED, ids=lambda p: type(p).__name__)
def test_a_principal_that_is_named_is_admitted(principal: iam.IPrincipal) -> None:
    assert reviewed(trusting(Deployer.principal(principal))[0]) == []


REFUSED: list[iam.IPrincipal] = [
    iam.AnyPrincipal(),
    iam.AccountPrincipal("999988887777"),
    iam.WebIdentityPrincipal(f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"),
    iam.WebIdentityPrincipal(
        f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}",
        {"StringLike": {f"{GITHUB}:sub": "repo:*/octo-repo:*"}},
    ),
    iam.ServicePrincipal("bedrock.amazonaws.com"),
    iam.CompositePrincipal(iam.ArnPrincipal(f"arn:aws:iam::{ACCOUNT}:role/a"), iam.AnyPrincipal()),
]


@pytest.mark.parametrize("principal", REFUSED, ids=lambda p: type(p).__name__)
def test_a_principal_that_the_review_reports_is_refused(principal: iam.IPrincipal) -> None:
    with pytest.raises(PlanesError, match=r"the deployer can't be trusted, BP\d+: .*; (name|add)"):
        trusting(Deployer.principal(principal))


def _github(**props: Any) -> Callable[[], Deployer]:
    return lambda: Deployer.github(**{"repository": "octo-org/octo-repo", "branch": "main", **props})


WRONG: list[tuple[Callable[[], Deployer], str]] = [
    (_github(branch=None), "exactly one of `branch`, `environment` and `tag`, got none"),
    (_github(environment="prod"), "exactly one of .*, got `branch` and `environment`"),
    (_github(branch="*"), r"`branch` has the value `\*`: write the name of one branch, not a pattern"),
    (_github(branch="release/*"), "not a pattern"),
    (_github(branch="refs/heads/main"), "write it without `refs/.../`, as `main`"),
    (_github(branch="${aws:username}"), "not a pattern"),
    (_github(branch="release-${*}"), "not a pattern"),
    (_github(branch=None, environment="${*}"), "name of one environment"),
    (_github(branch=None, environment=" "), "name of one environment"),
    (_github(audience="${aws:x}"), "not a pattern"),
    (_github(branch=""), "`branch` has the value ``"),
    (_github(branch="main:environment:prod"), "name of one branch"),
    (_github(branch=None, environment="prod-*"), "name of one environment, not a pattern"),
    (_github(branch=None, tag="v?"), "name of one tag"),
    (_github(repository="octo-org"), "`repository` has the value `octo-org`: write `OWNER/REPO`"),
    (_github(repository="octo-org/*"), "write `OWNER/REPO`"),
    (_github(repository="https://github.com/octo-org/octo-repo"), "write `OWNER/REPO`"),
    (_github(owner_id="123456"), "both `owner_id` and `repository_id`, or neither"),
    (_github(repository_id="123456"), "both `owner_id` and `repository_id`, or neither"),
    (
        _github(owner_id="octo-org", repository_id="1"),
        "`octo-org`: write the number",
    ),
    (_github(owner_id=123456, repository_id="1"), "`owner_id` has the value `123456` of the type `int`"),
    (_github(audience="*"), "not a pattern"),
    (_github(issuer="http://github.example.com"), "`issuer` has the value .*: write an address"),
    (_github(provider="arn:aws:iam::111122223333:oidc-provider/gitlab.com"), "isn't the provider of"),
    (_github(provider=7), "`provider` has the type `int`"),
    (_github(branch=cdk.Fn.ref("Branch")), "only known at deployment"),
    (lambda: Deployer.gitlab("project", branch="main"), "write its path, `GROUP/PROJECT`"),
    (lambda: Deployer.gitlab("group/*", branch="main"), "write its path, `GROUP/PROJECT`"),
    (lambda: Deployer.gitlab("group/project"), "exactly one of `branch` and `tag`, got none"),
    (lambda: Deployer.gitlab("group/project", branch="main", tag="v1"), "got `branch` and `tag`"),
    (lambda: Deployer.gitlab("group/project", branch="feature-*"), "name of one branch"),
    (
        lambda: Deployer.bitbucket("acme", **{**UUIDS, "repository_id": "repo"}),
        "`repository_id` has",
    ),
    (
        lambda: Deployer.bitbucket("acme", **{**UUIDS, "environment_id": "*"}),
        "`environment_id` has",
    ),
    (lambda: Deployer.bitbucket("acme", **{**UUIDS, "workspace_id": "{}"}), "write the UUID"),
    (lambda: Deployer.bitbucket("acme/x", **UUIDS), "`workspace` has the value"),
    (lambda: Deployer.codebuild("deploy-*"), "name of one project"),
    (lambda: Deployer.codebuild(f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/x"), "not an ARN"),
    (lambda: Deployer.principal("arn:aws:iam::111122223333:role/x"), "pass a principal such as"),  # type: ignore[arg-type]  # the mistake
]


@pytest.mark.parametrize(("make", "message"), WRONG)
def test_a_wrong_value_is_named_with_the_remedy(make: Callable[[], Deployer], message: str) -> None:
    with pytest.raises(PlanesError, match=message):
        make()


def test_the_role_takes_nothing_else_as_deployer() -> None:
    with pytest.raises(PlanesError, match=r"pass `Deployer\.github\(\.\.\.\)`"):
        DeployRole(Stack(), "R", name_prefix="Chat", deployer=iam.AccountPrincipal(ACCOUNT))  # type: ignore[arg-type]  # the mistake
