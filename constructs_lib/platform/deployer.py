"""Who may assume a deploy role: a pipeline, by the subject of its tokens, or a principal of AWS."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib.cdk_support import PlanesError, check_value, is_token, with_explained_calls
from constructs_lib.review import review
from constructs_lib.templates import read_document

if TYPE_CHECKING:
    from aws_cdk.interfaces import aws_iam as refs
    from constructs import Construct

__all__ = ["Deployer"]

_GITHUB = "https://token.actions.githubusercontent.com"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# What makes a text a pattern for IAM (`*`, `?`, `${`) or no name of Git's: https://git-scm.com/docs/git-check-ref-format
_REF = r"(?!.*\$\{)[^\s*?\[\]~^:\\\x00-\x1f\x7f]+"
_ISSUER = r"https://[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?(?:/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-])?"
# The findings that a trust policy alone can have.
_TRUST_RULES = ("BP108", "BP402")


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The tokens that a role takes: who issues them, for whom, about whom.

    ``pattern`` tells that the subject ends in a wildcard, so that it is compared by ``StringLike``.
    """

    name: str
    issuer: str
    audience: str
    subject: str
    pattern: bool = False


@with_explained_calls
class Deployer:
    """Who may assume a :class:`DeployRole`: a pipeline of one repository, or a principal of AWS.

    Make one with a factory, and give it to the role::

        DeployRole(
            stack,
            "DeployRole",
            name_prefix="Chat",
            deployer=Deployer.github("octo-org/octo-repo", environment="production"),
        )

    The factories for GitHub, GitLab and Bitbucket trust the OpenID Connect tokens of these, with exactly one
    audience and the subject of one repository and one branch, tag or environment. A pull request and a fork
    have another subject. IAM keeps one provider of an issuer in an account: by default the role's stack makes
    it, once for all of its roles; ``provider`` takes the one that exists.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    """

    def __init__(
        self,
        tokens: _Tokens | None = None,
        *,
        provider: str | refs.IOIDCProviderRef | None = None,
        principal: iam.IPrincipal | None = None,
        project: str | None = None,
    ) -> None:
        """Take what a factory has checked; use the factories."""
        self._tokens = tokens
        self._provider = provider
        self._principal = principal
        self._project = project

    @classmethod
    def github(
        cls,
        repository: str,
        *,
        owner_id: str | None = None,
        repository_id: str | None = None,
        branch: str | None = None,
        environment: str | None = None,
        tag: str | None = None,
        issuer: str = _GITHUB,
        audience: str = "sts.amazonaws.com",
        provider: str | refs.IOIDCProviderRef | None = None,
    ) -> Deployer:
        """Trust the workflows of one repository on GitHub, on one branch, tag or environment.

        A job that names an environment has the environment in its subject and not the branch, so give what
        the job has. ``gh api repos/OWNER/REPO --jq '.owner.id, .id'`` prints the two ids.

        Source: https://docs.github.com/en/actions/reference/security/oidc

        Args:
            repository: ``OWNER/REPO``, in the letter case that GitHub shows.
            owner_id: The number of the owner. Repositories that were made, renamed or transferred after
                2026-07-15, and those that opted in, carry both numbers in the subject, and their tokens don't
                match without them. Default: none, for an older repository and for GitHub Enterprise Server.
            repository_id: The number of the repository. Default: none; give both numbers or neither.
            branch: The branch, such as ``main``. Exactly one of branch, environment and tag is needed.
            environment: The environment of the job, whose protection rules then guard the deployment.
            tag: The tag.
            issuer: The address of the issuer on GitHub Enterprise: ``https://HOST/_services/token``, or
                ``https://token.actions.SUBDOMAIN.ghe.com``. Default: the one of github.com.
            audience: What the tokens are for. Default: the one that ``configure-aws-credentials`` asks for.
            provider: The account's OIDC provider of the issuer, or its ARN. Default: the stack makes it.

        Raises:
            PlanesError: A value is wrong, is a pattern, or doesn't go with another.

        """
        _check("repository", repository, r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+", "write `OWNER/REPO`")
        if (owner_id is None) != (repository_id is None):
            raise PlanesError(
                "give both `owner_id` and `repository_id`, or neither: "
                f"`gh api repos/{repository} --jq '.owner.id, .id'` prints them"
            )
        for prop, number in (("owner_id", owner_id), ("repository_id", repository_id)):
            if number is not None:
                _check(
                    prop,
                    number,
                    r"[0-9]+",
                    "write the number, as `gh api repos/OWNER/REPO` shows it, as a text",
                )
        kind, value = _one_of(branch=branch, environment=environment, tag=tag)
        if kind == "environment":
            _check(
                kind,
                value,
                r"(?!.*\$\{)(?! )[^*?\x00-\x1f]{1,255}(?<! )",
                "write the name of one environment, not a pattern",
            )
            # Source: "Filtering for metadata containing `:`" on the page above.
            context = f"environment:{value.replace(':', '%3A')}"
        else:
            _check(kind, value, _REF, f"write the name of one {kind}, not a pattern")
            _check_short(kind, value)
            context = f"ref:refs/{'heads' if kind == 'branch' else 'tags'}/{value}"
        owner, name = repository.split("/")
        named = f"{owner}@{owner_id}/{name}@{repository_id}" if owner_id else repository
        tokens = _Tokens("GitHub", issuer, audience, f"repo:{named}:{context}")
        return cls._of_tokens(tokens, provider)

    @classmethod
    def gitlab(
        cls,
        project: str,
        *,
        branch: str | None = None,
        tag: str | None = None,
        issuer: str = "https://gitlab.com",
        audience: str | None = None,
        provider: str | refs.IOIDCProviderRef | None = None,
    ) -> Deployer:
        """Trust the jobs of one project on GitLab, on one branch or tag.

        GitLab's default subject has no environment: protect the branch or the tag.

        Source: https://docs.gitlab.com/ci/secrets/id_token_authentication

        Args:
            project: The path, ``GROUP/PROJECT`` or ``GROUP/SUBGROUP/PROJECT``.
            branch: The branch, such as ``main``. Exactly one of branch and tag is needed.
            tag: The tag.
            issuer: The address of the GitLab instance. Default: gitlab.com.
            audience: The ``aud`` of the job's ``id_tokens``. Default: the issuer.
            provider: The account's OIDC provider of the issuer, or its ARN. Default: the stack makes it.

        Raises:
            PlanesError: A value is wrong, is a pattern, or doesn't go with another.

        """
        part = r"[A-Za-z0-9_.][A-Za-z0-9_.+-]*"
        _check("project", project, rf"{part}(?:/{part})+", "write its path, `GROUP/PROJECT`")
        kind, value = _one_of(branch=branch, tag=tag)
        _check(kind, value, _REF, f"write the name of one {kind}, not a pattern")
        _check_short(kind, value)
        subject = f"project_path:{project}:ref_type:{kind}:ref:{value}"
        return cls._of_tokens(
            _Tokens("GitLab", issuer, issuer if audience is None else audience, subject), provider
        )

    @classmethod
    def bitbucket(
        cls,
        workspace: str,
        *,
        workspace_id: str,
        repository_id: str,
        environment_id: str,
        provider: str | refs.IOIDCProviderRef | None = None,
    ) -> Deployer:
        """Trust the steps of one repository on Bitbucket that deploy to one environment.

        Bitbucket's subject has no branch: restrict the branches of the deployment environment. It ends in the
        id of the step, which differs from run to run. *Repository settings, OpenID Connect* shows the ids.

        Source: https://support.atlassian.com/bitbucket-cloud/docs/deploy-on-aws-using-bitbucket-pipelines-openid-connect/

        Args:
            workspace: The id of the workspace in addresses, such as ``acme``.
            workspace_id: The UUID of the workspace, which the audience ends in.
            repository_id: The UUID of the repository.
            environment_id: The UUID of the deployment environment that the step names.
            provider: The account's OIDC provider of the issuer, or its ARN. Default: the stack makes it.

        Raises:
            PlanesError: A value is wrong.

        """
        _check("workspace", workspace, r"[A-Za-z0-9_-]+", "write the workspace as its addresses have it")
        ids = [
            _uuid(prop, value)
            for prop, value in (
                ("workspace_id", workspace_id),
                ("repository_id", repository_id),
                ("environment_id", environment_id),
            )
        ]
        issuer = f"https://api.bitbucket.org/2.0/workspaces/{workspace}/pipelines-config/identity/oidc"
        audience = f"ari:cloud:bitbucket::workspace/{ids[0]}"
        subject = f"{{{ids[1]}}}:{{{ids[2]}}}:*"
        return cls._of_tokens(_Tokens("Bitbucket", issuer, audience, subject, pattern=True), provider)

    @classmethod
    def codebuild(cls, project: str | None = None) -> Deployer:
        """Trust CodeBuild on behalf of this account: the deploy role is the service role of a project.

        A project that keeps a role of its own is named by :meth:`principal` instead. As service role the
        deploy role also needs what the build itself needs, such as its logs.

        Source: https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html

        Args:
            project: The name of the one project. Default: every project of the account and Region.

        Raises:
            PlanesError: The name is wrong or a pattern.

        """
        if project is not None:
            _check(
                "project",
                project,
                r"[A-Za-z0-9][A-Za-z0-9_-]{1,149}",
                "write the name of one project, not an ARN",
            )
        return cls(project=project or "*")

    @classmethod
    def principal(cls, principal: iam.IPrincipal) -> Deployer:
        """Trust a principal of AWS, such as the role of a CodePipeline or a CodeBuild project.

        Args:
            principal: A role, or another principal that BP108 and BP402 have no finding about: not everybody,
                not another whole account without ``sts:ExternalId``, no web identity without its subject.

        Raises:
            PlanesError: It is no principal. A principal that admits too many is refused by the role.

        """
        check_value("principal", principal, "iam.IPrincipal")
        return cls(principal=principal)

    @classmethod
    def _of_tokens(cls, tokens: _Tokens, provider: str | refs.IOIDCProviderRef | None) -> Deployer:
        _check("issuer", tokens.issuer, _ISSUER, "write an address such as `https://gitlab.example.com`")
        _check("audience", tokens.audience, r"(?!.*\$\{)[^*?\s]{1,255}", "write one audience, not a pattern")
        if isinstance(provider, str) and not is_token(provider):
            wanted = f"oidc-provider/{tokens.issuer.removeprefix('https://')}"
            if re.fullmatch(rf"arn:[\w-]+:iam::\d{{12}}:{re.escape(wanted)}", provider) is None:
                raise PlanesError(
                    f"`provider` has the value `{provider}`, which isn't the provider of {tokens.issuer}: "
                    f"pass `arn:aws:iam::ACCOUNT:{wanted}`, or leave `provider` out and the stack makes it"
                )
        elif (
            provider is not None
            and not isinstance(provider, str)
            and not hasattr(provider, "oidc_provider_ref")
        ):
            raise PlanesError(
                f"`provider` has the type `{type(provider).__name__}`: pass an ARN, or a provider such as "
                "`iam.CfnOIDCProvider`"
            )
        return cls(tokens, provider=provider)

    def bind(self, scope: Construct) -> iam.IPrincipal:
        """Return the principal for a role in ``scope``, with the provider that its tokens need.

        Args:
            scope: Where the role is; its stack gets the OIDC provider.

        Raises:
            PlanesError: The principal admits somebody who isn't named.

        """
        stack = cdk.Stack.of(scope)
        if self._tokens is not None:
            return self._web_identity(stack, self._tokens)
        if self._principal is not None:
            _check_admits(stack, self._principal)
            return self._principal
        arn = f"arn:{stack.partition}:codebuild:{stack.region}:{stack.account}:project/{self._project}"
        return iam.ServicePrincipal(
            "codebuild.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": stack.account},
                "ArnLike": {"aws:SourceArn": arn},
            },
        )

    def _web_identity(self, stack: cdk.Stack, tokens: _Tokens) -> iam.IPrincipal:
        if isinstance(self._provider, str):
            arn = self._provider
        elif self._provider is not None:
            arn = self._provider.oidc_provider_ref.oidc_provider_arn
        else:
            arn = _provider_of(stack, tokens).attr_arn
        claims = tokens.issuer.removeprefix("https://")
        audience, subject = f"{claims}:aud", f"{claims}:sub"
        equal = {audience: tokens.audience}
        conditions = {"StringEquals": equal if tokens.pattern else {**equal, subject: tokens.subject}}
        if tokens.pattern:
            conditions["StringLike"] = {subject: tokens.subject}
        return iam.WebIdentityPrincipal(arn, conditions)


def _provider_of(stack: cdk.Stack, tokens: _Tokens) -> iam.CfnOIDCProvider:
    """Return the stack's provider of an issuer, made on first use; IAM takes no second one of the same.

    It has no thumbprint: IAM fetches the certificate's by itself.
    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
    """
    name = f"{tokens.name}Tokens{re.sub(r'[^A-Za-z0-9]', '', tokens.issuer.removeprefix('https://'))}"
    made = stack.node.try_find_child(name)
    if made is None:
        return iam.CfnOIDCProvider(stack, name, url=tokens.issuer, client_id_list=[tokens.audience])
    provider: iam.CfnOIDCProvider = made  # type: ignore[assignment]  # a child of this id is one that was made here
    audiences = provider.client_id_list or []
    if tokens.audience not in audiences:
        provider.client_id_list = [*audiences, tokens.audience]
    return provider


def _check(prop: str, value: str, pattern: str, remedy: str) -> None:
    """Raise :class:`PlanesError` unless the whole text matches; a token can't be judged, so it is refused."""
    check_value(prop, value, "str")
    if is_token(value):
        raise PlanesError(f"`{prop}` is only known at deployment, so it can't be judged: {remedy}")
    if re.fullmatch(pattern, value) is None:
        raise PlanesError(f"`{prop}` has the value `{value}`: {remedy}")


def _check_short(prop: str, value: str) -> None:
    """Refuse the full name of a ref, which would come out twice."""
    if value.startswith("refs/"):
        raise PlanesError(
            f"`{prop}` has the value `{value}`: write it without `refs/.../`, as `{value.split('/', 2)[-1]}`"
        )


def _one_of(**named: str | None) -> tuple[str, str]:
    """Return the one of the values that is given."""
    given = [(name, value) for name, value in named.items() if value is not None]
    if len(given) != 1:
        *names, last = (f"`{name}`" for name in named)
        got = " and ".join(f"`{name}`" for name, _ in given) or "none"
        raise PlanesError(
            f"give exactly one of {', '.join(names)} and {last}, got {got}: without it every run of the "
            "repository could deploy, and a job has one of them in its subject"
        )
    return given[0]


def _uuid(prop: str, value: str) -> str:
    """Return a UUID in lower case, without the braces that Bitbucket shows it in."""
    check_value(prop, value, "str")
    bare = value[1:-1] if value[:1] == "{" and value[-1:] == "}" else value
    _check(prop, bare.lower(), _UUID, "write the UUID that Repository settings, OpenID Connect shows")
    return bare.lower()


def _trust(principal: iam.IPrincipal) -> dict[str, Any]:
    """Return the trust policy of a role that a principal may assume."""
    if hasattr(principal, "add_to_assume_role_policy"):
        document = iam.PolicyDocument()
        principal.add_to_assume_role_policy(document)
        return dict(document.to_json())
    fragment = principal.policy_fragment
    statement = {
        "Effect": "Allow",
        "Principal": fragment.principal_json,
        "Action": principal.assume_role_action,
    }
    return {"Statement": [{**statement, "Condition": fragment.conditions}]}


def _check_admits(stack: cdk.Stack, principal: iam.IPrincipal) -> None:
    """Refuse a principal whose trust the review would report in a role that configures Bedrock."""
    configure = {"Effect": "Allow", "Action": "bedrock:UpdateGuardrail", "Resource": "*"}
    if not is_token(stack.account):  # an ARN of the stack's account tells the review which account is its own
        configure["Resource"] = f"arn:aws:bedrock:us-east-1:{stack.account}:guardrail/*"
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "deploy",
            "AssumeRolePolicyDocument": stack.resolve(_trust(principal)),
            "Policies": [{"PolicyName": "deploy", "PolicyDocument": {"Statement": [configure]}}],
        },
    }
    report = review(read_document({"Resources": {"Deployer": role}}))
    for finding in report.findings:
        if finding.rule in _TRUST_RULES and finding.severity != "note":
            raise PlanesError(
                f"the deployer can't be trusted, {finding.rule}: {finding.message}; {finding.help}"
            )
