"""Causes other than a denied action, recognised by AWS's messages and codes.

A row has a pattern of the message, the kind, the cause, the remedy and AWS's page. The first that matches
wins, so the rows go from the particular to the general. AWS's own sentences decide first, then the error's
code, then common words.
The page without another is https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Cause", "cause_of_code", "cause_of_message", "cause_of_words"]

_GUIDE = "https://docs.aws.amazon.com/bedrock/latest/userguide/"
_CODES = f"{_GUIDE}troubleshooting-api-error-codes.html"
_API = "https://docs.aws.amazon.com/bedrock/latest/APIReference/"


class Cause(NamedTuple):
    """A recognised cause.

    Attributes:
        kind: One of ``KINDS``.
        cause: One sentence.
        remedy: What to do.
        page: AWS's page.

    """

    kind: str
    cause: str
    remedy: str
    page: str = _CODES


_ACCESS = Cause(
    "model-access",
    "The account has no access to this model in this Region, whatever IAM allows.",
    "Let an administrator open the model once for the account: the setup role accepts the provider's "
    "agreement or form (see the page), in the Region of the call. Check also that the Region offers the "
    "model. No permission of the application's role changes this.",
    f"{_GUIDE}model-access.html",
)
_MARKETPLACE = Cause(
    "model-access",
    "The account has not yet subscribed to this model in AWS Marketplace, and the caller may not do it.",
    "Subscribe once with an administrator's or setup role; the whole account can then call the model, after "
    "up to 15 minutes. An application's role needs no permission of AWS Marketplace and should hold none.",
    f"{_GUIDE}model-access.html",
)
_LEGACY = Cause(
    "life-cycle",
    "The model is at the end of its life: AWS closes a legacy model to accounts that have not used it "
    "recently, and ends it later. It is no permission that is missing.",
    "Move to an active model and grant that one.",
    f"{_GUIDE}model-lifecycle.html",
)
_THROTTLED = Cause(
    "throttling",
    "The account sends more requests or tokens per minute than its quota for this model allows.",
    "Retry with exponential backoff and jitter (the SDKs' `adaptive` or `standard` mode), lower `maxTokens`, "
    "use a cross-Region profile, or ask for a higher quota in Service Quotas.",
    f"{_GUIDE}quotas.html",
)
_RETENTION = Cause(
    "model-access",
    "The data retention mode of the account, or of the call's project, is none that the model allows: some "
    "models are only open to those who let their data be kept or shared. No permission is missing.",
    "Let the account's owner set a mode that the model allows, for the account (`PutAccountDataRetention`, "
    "control plane) or for one project that the call names; or use a model that allows the present mode.",
    f"{_GUIDE}data-retention.html",
)
_QUOTA = Cause(
    "quota",
    "A quota of the account is used up, and waiting a moment does not help.",
    "Delete what is no longer used, or ask for a higher quota in Service Quotas.",
    f"{_GUIDE}quotas.html",
)
_GUARDRAIL_VERSIONS = Cause(
    "quota",
    "The guardrail has as many versions as AWS allows, 20, and a deployment keeps the old ones. AWS does not "
    "raise this quota.",
    "Give `guardrail.create_version(keep=10)`, with `pinned=` for versions that others name: it deletes the "
    "oldest before it makes a new one. Or delete versions that nothing names: `aws bedrock list-guardrails "
    "--guardrail-identifier ID` lists them, `aws bedrock delete-guardrail --guardrail-identifier ID "
    "--guardrail-version NUMBER` deletes one; without the number it deletes the whole guardrail.",
    "https://docs.aws.amazon.com/general/latest/gr/bedrock.html",
)
_KEY = Cause(
    "kms",
    "A key of AWS KMS is not usable: the caller or the service may not use it, or it is disabled, pending "
    "deletion or in another Region.",
    "Allow `kms:Decrypt` and `kms:GenerateDataKey` on the key's ARN in the role's policy and in the key's "
    "policy, and check the key's state.",
    f"{_GUIDE}data-encryption.html",
)
_TRUST = Cause(
    "trust",
    "The role can't be assumed: its trust policy does not name the caller or the service, or a condition of "
    "it (`aws:SourceAccount`, `aws:SourceArn`) does not hold.",
    "Let the role's trust policy name the principal, with `aws:SourceAccount` of this account and "
    "`aws:SourceArn` of the resource. A new role takes some seconds before it can be assumed.",
    f"{_GUIDE}security-iam-sr.html",
)
_INNER = Cause(
    "inner-call",
    "The caller's own request was allowed; a call that the service made with its service role failed.",
    "Look at the service role, not at the application's: it needs the model (with the streaming action for "
    "an agent), the knowledge base, the function or the store that the resource uses.",
    f"{_GUIDE}agents-permissions.html",
)
_STORE = Cause(
    "inner-call",
    "The knowledge base's service role can't use the vector store: its permissions, the store's own access "
    "policy, or the network policy keep it out, or they are newer than a minute.",
    "Give the service role the store's actions (`aoss:APIAccessAll`, `s3vectors:...`, `rds-data:...`) "
    "and name "
    "the role in the store's data access policy; make the knowledge base depend on both, and try again.",
    f"{_GUIDE}kb-permissions.html",
)
_CREDENTIALS = Cause(
    "credentials",
    "AWS could not tell who calls: the credentials are missing, expired, of another account or signed "
    "wrongly.",
    "Renew the credentials (`aws sso login`, a fresh role session or API key), check the machine's "
    "clock, and "
    "see with `aws sts get-caller-identity` who calls.",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html",
)
_NO_REGION = Cause(
    "wrong-region",
    "No Region is configured for the client.",
    "Pass the Region to the client (`region_name=`), or set `AWS_REGION`.",
    "https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html",
)
_BAD_REGION = Cause(
    "wrong-region",
    "The Region of the call does not have what it asks for.",
    "Call a Region that offers the model or feature, or a cross-Region inference profile of this Region; the "
    "client's Region and the Region in each ARN must agree.",
    f"{_GUIDE}models-regions.html",
)
_NETWORK = Cause(
    "network",
    "The request did not reach AWS, or the answer did not come in time.",
    "Check the route to the endpoint (VPC endpoint with private DNS, NAT, proxy, security group) and the "
    "name "
    "of the Region; raise the client's read timeout for long answers.",
    f"{_GUIDE}vpc-interface-endpoints.html",
)
_SERVICE = Cause(
    "service-fault",
    "The fault is on AWS's side, or in the model.",
    "Retry with backoff; if it stays, look at the AWS Health Dashboard and ask AWS Support.",
)
_SHAPE = Cause(
    "validation",
    "AWS refused the shape of the request, before any permission was asked.",
    "Compare the request with the operation's reference and with the model's parameters.",
    f"{_GUIDE}model-parameters.html",
)
_BASE64 = Cause(
    "validation",
    "Version 2 of the AWS CLI takes a text for a binary parameter as base64, and `--body` is one.",
    "Add `--cli-binary-format raw-in-base64-out`, or pass a file: `--body fileb://body.json`.",
    "https://docs.aws.amazon.com/cli/latest/userguide/cliv2-migration-changes.html",
)
_MODEL_ID = Cause(
    "validation",
    "The model id is not one that this Region serves: it is misspelt, of another Region, or lacks its "
    "profile's prefix.",
    "Take the id from the model's page or from `aws bedrock list-foundation-models` in this Region; a model "
    "without on-demand throughput is called by its inference profile (`us.`, `eu.`, `global.` and others).",
    f"{_GUIDE}models-supported.html",
)
_NOT_FOUND = Cause(
    "not-found",
    "What the request names does not exist in this account and Region.",
    "Check the id, the account and the Region of the client; a resource that was replaced has a new id.",
)
_PROJECT = Cause(
    "project",
    "The project of the call does not exist, or the call can't use it.",
    "Name an existing project of this account and Region, or none for the account's default, and grant it "
    "with `project=`.",
    f"{_API}API_runtime_Converse.html",
)
_GUARDRAIL = Cause(
    "guardrail",
    "The guardrail of the request does not exist in this Region in this version, or does not fit the "
    "request.",
    "Pass the guardrail's id and a version that exists (`DRAFT` or a number), of the Region of the call.",
    f"{_GUIDE}guardrails-use.html",
)
_ARN = Cause(
    "wrong-arn",
    "A value that must be an ARN or an id has another form, or is an ARN of another type.",
    "Copy the ARN of the resource that the operation takes; `bedrock-planes which OPERATION` shows its form.",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_bedrock.html",
)
_PASS = Cause(
    "pass-role",
    "The caller hands a role to the service and may not.",
    "Allow `iam:PassRole` on that role's ARN with `iam:PassedToService` of the service, in a deployment's "
    "role; an application's role passes none.",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
)
_OLD = Cause(
    "sdk-too-old",
    "The installed SDK or AWS CLI is older than what is used of it.",
    "Upgrade it (boto3 and botocore together; in Lambda bring your own in a layer or the bundle).",
    f"{_GUIDE}getting-started-api.html",
)
_NOT_INSTALLED = Cause(
    "sdk-too-old",
    "The SDK's module for this client is not installed, or the installed SDK is older than the client.",
    "Add the module to the project's dependencies, in the version of the SDK's other modules.",
    f"{_GUIDE}getting-started-api.html",
)
_CONFLICT = Cause(
    "validation",
    "The request conflicts with the present state: a name that exists already, or a job that still runs.",
    "Wait for the running change, or use another name; `bedrock-planes diff OLD NEW` names collisions.",
)

_PROFILE = Cause(
    "profile-needed",
    "The model has no on-demand throughput of its own in this Region: it is called through an inference "
    "profile.",
    "Pass the profile's id as the model, and grant the profile.",
    f"{_GUIDE}inference-profiles-support.html",
)

_VERSION_OF_GUARDRAIL = (
    r"(?:when calling the |eventName\W{1,5})?"
    r"\b(?:CreateGuardrailVersion|create_guardrail_version|AWS::Bedrock::GuardrailVersion)\b"
)
# Another type or operation between the two means that the quota is of that one.
_SAME_EVENT = r"(?:(?!AWS::\w+::\w+|when calling|eventName).){0,400}?"
_USED_UP = (
    r"(?:ServiceQuotaExceeded|LimitExceeded|quota (?:has been )?exceeded|"
    r"exceed\w* .{0,40}(?:quota|limit)|"
    r"maximum number of .{0,60}(?:reached|exceeded|allowed)|reached the (?:maximum|limit))"
)

_MESSAGES: tuple[tuple[tuple[str, ...], Cause], ...] = (
    ((r"data retention mode \S+ is not (?:available|allowed|supported)",), _RETENTION),
    (
        (
            "marked by (?:the )?provider as legacy",
            "reached (?:the )?end of (?:its|the) life",
            "end-of-life",
            "model version .{0,30}(?:retired|deprecated)",
            "(?:model|version)(?: .{0,80})? (?:is|has been) (?:deprecated|retired|discontinued)",
            "no longer (?:available|supported) .{0,40}model",
            "model .{0,60}no longer (?:available|supported)",
        ),
        _LEGACY,
    ),
    (
        (
            "aws-marketplace:",
            "AWS Marketplace (?:actions|subscription)",
            "marketplace subscription",
            "INVALID_PAYMENT_INSTRUMENT",
            "payment instrument",
        ),
        _MARKETPLACE,
    ),
    (
        (
            "use case details have not been submitted",
            "use case details form",
            "FTUFormNotFilled",
            "Model access is denied",
        ),
        _ACCESS,
    ),
    (
        (
            r"package software\.amazon\.awssdk\.services\.bedrock\w* does not exist",
            r"(?:Cannot find|Can't resolve|Could not resolve|Cannot resolve)\b.{0,30}@aws-sdk/client-bedrock",
            r"no required module provides package \S*/service/bedrock",
            r"Cannot find package '@aws-sdk/client-bedrock",
            r"namespace name 'Bedrock\w*' does not exist in the namespace 'Amazon'",
        ),
        _NOT_INSTALLED,
    ),
    (
        (
            r"execution role (?:\S+ )?(?:requires|lacks|needs|does not have|doesn't have)",
            "access denied while (?:validating|invoking|accessing|calling)",
            # The reasons of a failed ingestion job name the store or the source that denied.
            r"Call to (?:the )?[\w ]{3,40}did not succeed",
            r"\brole \S+ (?:is not able|isn't able|is unable) to (?:call|access|use|read)",
            "failed to validate permissions",
            "verify the IAM role permissions",
        ),
        _INNER,
    ),
    (
        (
            "(?:don't|do not|doesn't|does not) have access to (?:the|this) model",
            "not authorized to invoke this API operation",
            "access to (?:this|the|Bedrock) models? is (?:not allowed|denied|not granted)",
            "is not available for this account",
            "Operation not allowed",
            "model access (?:is not|isn't|not) (?:enabled|granted)",
            "not allowed from unsupported countries",
            "(?:haven't|have not) (?:been granted|enabled|requested) access",
            "(?:agreement|EULA|terms) (?:to|for|with|of) (?:this|the) model",
            "accept(?:ed)? (?:the |this )?(?:model's |model |end.user )?(?:EULA|agreement|terms)",
        ),
        _ACCESS,
    ),
    (
        (
            "on-demand throughput (?:isn't|is not) supported",
            "inference profile that contains this model",
        ),
        _PROFILE,
    ),
    (
        (
            "too many tokens per day",
            "daily (?:token )?limit",
            "tokens per day",
        ),
        _QUOTA,
    ),
    (
        (
            "too many (?:requests|tokens|connections)",
            "rate exceeded",
            "throttl",
            "request rate",
            r"\b429\b",
            "slow down",
            "reached max retries.{0,40}throttl",
        ),
        _THROTTLED,
    ),
    (
        (
            # In either order: an SDK's error, an event of CloudTrail or CloudFormation.
            rf"{_VERSION_OF_GUARDRAIL}{_SAME_EVENT}{_USED_UP}",
            rf"{_USED_UP}{_SAME_EVENT}{_VERSION_OF_GUARDRAIL}",
        ),
        _GUARDRAIL_VERSIONS,
    ),
    (
        (
            "ServiceQuotaExceeded",
            "quota (?:has been )?exceeded",
            r"exceed\w* (?:the|your) (?:\w+ )?(?:service )?quota",
            "LimitExceeded",
            r"limit (?:of \d+ )?(?:has been |is )?exceeded",
            "maximum number of .{0,60}(?:reached|exceeded|allowed)",
            "reached the (?:maximum|limit)",
        ),
        _QUOTA,
    ),
    (
        (
            "iam:PassRole",
            "pass(?:ing)? role",
            "cross-account pass",
        ),
        _PASS,
    ),
    (
        (
            (
                r"\bkms\b.{0,80}(?:denied|disabled|not (?:exist|authorized|found|accessible)|"
                "invalid|pending|unable|permission)"
            ),
            r"KMS(?:AccessDenied|InvalidState|Disabled|NotFound|InvalidKey)\w*",
            (
                "(?:customer master key|KMS key|encryption key|CMK).{0,80}(?:denied|disabled|"
                "does not exist|doesn't exist|not exist|not accessible|permission|pending|invalid)"
            ),
            "(?:unable|failed|cannot|not able|not authorized) to (?:decrypt|encrypt|generate)",
            "ciphertext refers",
        ),
        _KEY,
    ),
    (
        (
            ("(?:unable|not able|failed|cannot|can't|could not|couldn't|is not authorized) (?:to )?assume"),
            "cannot be assumed",
            "can't be assumed",
            "assume (?:the |this )?(?:provided |given |specified )?role",
            "trust (?:policy|relationship)",
        ),
        _TRUST,
    ),
    (
        (
            (
                "storage configuration provided is invalid(?=.{0,200}(?:dimension|no such index|"
                "index_not_found|must be indexed|engine type|vector index is invalid|does not exist|"
                "field|column))"
            ),
        ),
        _SHAPE,
    ),
    (
        (
            "storage configuration provided is invalid",
            "security_exception",
            "Bad Authorization",
        ),
        _STORE,
    ),
    (
        (
            r"denied when calling \w+",
            "Dependency ?Failed",
            "BadGateway",
            "error processing the Lambda response",
            "lambda function .{0,60}(?:denied|not authorized|permission)",
            (
                "(?:unable|failed) to (?:invoke|call) (?:the )?(?:Amazon )?(?:Bedrock|foundation "
                "model|embedding model|Lambda)"
            ),
        ),
        _INNER,
    ),
    (
        (
            (
                "guardrail(?:s)?(?: identifier| version| id| arn| configuration)?.{0,80}(?:does "
                "not exist|doesn't exist|not exist|not found|invalid|is not valid|not ready|not "
                "supported|must be|incorrect)"
            ),
            "(?:invalid|unknown|missing) guardrail",
        ),
        _GUARDRAIL,
    ),
    (
        (
            (
                r"\bproject\b.{0,80}(?:does not exist|doesn't exist|not found|is invalid|is not "
                "active|archived)"
            ),
            r"(?:invalid|unknown) project\b",
        ),
        _PROJECT,
    ),
    (
        (
            (
                r"(?:isn't|is not|not) (?:supported|available|offered|enabled) in (?:this|the|"
                r"your|that)?\s*(?:AWS )?(?:region|\w+ region|[a-z]{2}-[a-z]+-\d)"
            ),
            "(?:region|Region) .{0,160}(?:isn't|is not|does not|doesn't) (?:support|offer|match)",
            r"(?:different|another|wrong|mismatch\w*|same) region",
            "region mismatch",
        ),
        _BAD_REGION,
    ),
    (
        (
            "must specify a region",
            "Region is missing",
            "Unable to load region",
            "AWS region is required",
            "NoRegion(?:Error)?",
            "MissingRegion",
            "Could not determine region",
        ),
        _NO_REGION,
    ),
    (
        (
            "model identifier is invalid",
            "invalid model (?:id|identifier|name)",
            "could not resolve the foundation model",
            "model (?:id|identifier) .{0,60}(?:not (?:found|valid|exist)|invalid)",
            "no such model",
        ),
        _MODEL_ID,
    ),
    (
        (
            r"at '[\w.\[\]]*Arn' failed to satisfy constraint",
            r"Value '?arn:[^' ]+'? at '[\w.\[\]]+' failed to satisfy constraint",
            "(?:provided|resource|model|role|invalid|malformed|valid) ARN",
            "ARN .{0,40}(?:is (?:invalid|malformed|not valid)|does not match)",
            "must be in ARN format",
        ),
        _ARN,
    ),
    (
        (
            r"(?:required|extraneous) key \[",
            "(?:Properties|Model) validation failed",
            r"Extra inputs are not permitted",
        ),
        _SHAPE,
    ),
    (("Invalid base64",), _BASE64),
)
"""AWS's own sentences: patterns, any of which gives the cause."""

_GENERAL: tuple[tuple[tuple[str, ...], Cause], ...] = (
    (
        (
            "Unknown parameter in input",
            "unknown options?: --",
            "Unknown service",
            "No such service",
        ),
        _OLD,
    ),
    (
        (
            "Unable to locate credentials",
            "could not load credentials",
            "unable to load credentials",
            "no valid credential",
            "failed to (?:refresh|retrieve) (?:cached )?credentials",
            "get (?:identity|credentials):",
            "security token .{0,30}(?:invalid|expired)",
            "expired ?token",
            "token (?:has|is) expired",
            "ExpiredToken",
            "signature (?:we calculated|expired|does not match|not yet)",
            "SignatureDoesNotMatch",
            "InvalidSignature",
            "IncompleteSignature",
            "UnrecognizedClient",
            "InvalidClientTokenId",
            "Missing ?Authentication ?Token",
            "NoCredential",
            "CredentialsProviderError",
            "PartialCredentials",
            "SSO session",
            "sso login",
            "(?:API|bearer) (?:key|token) .{0,30}(?:invalid|expired|not valid)",
            "invalid (?:API|bearer) (?:key|token)",
            "API Key is valid",
            "InvalidAccessKeyId",
            "OptInRequired",
            "ProfileNotFound",
            "config profile .{0,60}could not be found",
        ),
        _CREDENTIALS,
    ),
    (
        (
            "Could not connect to the endpoint",
            "EndpointConnection",
            "Connect(?:ion)? ?timed? ?out",
            "Read ?timed? ?out",
            "timed out",
            r"\bENOTFOUND",
            r"\bECONN\w+",
            "ETIMEDOUT",
            "EAI_AGAIN",
            "UnknownHost",
            "no such host",
            "dial tcp",
            "name resolution",
            "getaddrinfo",
            "SSL",
            "certificate",
            "Connection (?:was closed|refused|reset|aborted)",
            "ProxyConnection",
            "TimeoutError",
            "Unable to execute HTTP request",
            "socket hang up",
            "i/o timeout",
            "context deadline exceeded",
        ),
        _NETWORK,
    ),
    (
        (
            "ResourceNotFound",
            "NoSuchEntity",
            "NotFoundException",
            "does not exist",
            "doesn't exist",
            "could not be found",
            "not found",
            "no such index",
            "index_not_found",
        ),
        _NOT_FOUND,
    ),
    (
        (
            "InternalServer",
            "InternalFailure",
            "ServiceUnavailable",
            "ModelError",
            "ModelTimeout",
            "ModelStreamError",
            "ModelNotReady",
            "unable to process your request",
            "unexpected error",
            "internal (?:server )?error",
            "service (?:is )?unavailable",
            "model .{0,30}not ready",
        ),
        _SERVICE,
    ),
    (
        (
            "Conflict",
            "already exists",
            "is (?:already|currently) (?:in use|running|in progress|being)",
            "ongoing",
        ),
        _CONFLICT,
    ),
    (
        (
            "Validation",
            "Malformed",
            "ParamValidation",
            "Parameter validation",
            "schema violation",
            "InvalidParameter",
            "InvalidRequest",
            "InvalidInput",
            "SerializationException",
            "must (?:be|not|start|end|alternate|have)",
            "is required",
            "exceeds",
            "too long",
            "too large",
            "is not supported",
            "doesn't support",
            "does not support",
            "not a valid",
            "failed to satisfy",
        ),
        _SHAPE,
    ),
)
"""Words that many errors share."""

_COMPILED, _COMPILED_GENERAL = (
    [(re.compile("|".join(patterns), re.IGNORECASE), cause) for patterns, cause in rows]
    for rows in (_MESSAGES, _GENERAL)
)

_BY_CODE = {
    "ThrottlingException": _THROTTLED,
    "TooManyRequestsException": _THROTTLED,
    "ServiceQuotaExceededException": _QUOTA,
    "LimitExceededException": _QUOTA,
    "ResourceNotFoundException": _NOT_FOUND,
    "ValidationException": _SHAPE,
    "InternalServerException": _SERVICE,
    "ServiceUnavailableException": _SERVICE,
    "ModelErrorException": _SERVICE,
    "ModelTimeoutException": _SERVICE,
    "ModelStreamErrorException": _SERVICE,
    "ModelNotReadyException": _SERVICE,
    "ConflictException": _CONFLICT,
    "DependencyFailedException": _INNER,
    "BadGatewayException": _INNER,
    # The agent's own code or container failed:
    # https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_InvokeAgentRuntime.html
    "RuntimeClientError": _INNER,
    "ExpiredTokenException": _CREDENTIALS,
    "UnrecognizedClientException": _CREDENTIALS,
}
"""What a code alone says, where the message says nothing."""


def cause_of_message(line: str) -> Cause | None:
    """Return the cause that AWS's own words name in a text of one line, ``None`` if they name none."""
    return next((cause for pattern, cause in _COMPILED if pattern.search(line)), None)


def cause_of_words(line: str) -> Cause | None:
    """Return the cause that common words give, where neither a message nor a code has decided."""
    return next((cause for pattern, cause in _COMPILED_GENERAL if pattern.search(line)), None)


def cause_of_code(code: str) -> Cause | None:
    """Return the cause that an error's code alone gives, ``None`` if it gives none."""
    return _BY_CODE.get(code)
