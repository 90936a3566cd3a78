"""The demo's story, step by step."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from examples.demo import report, stacks
from examples.demo.cdk import ROOT, Cdk, tool_environment
from examples.demo.console import Console, DemoError
from examples.demo.documents import documents, ingest, upload
from examples.demo.matrix import MATRIX, attempt
from examples.demo.policies import derive, make
from examples.demo.proof import prove
from examples.demo.targets import Deployment, Targets

if TYPE_CHECKING:
    from constructs_lib.local import LocalAws
    from examples.demo.matrix import Outcome, Row
    from examples.demo.proof import Proof

__all__ = ["WORK", "Demo", "run"]

WORK = ROOT / ".cache/demo"
REVIEW = "import sys; from constructs_lib.cli import main; sys.exit(main())"
QUESTION = "Which two operations return a stream, and which action authorises both?"
_SHOWN_CHARACTERS = 240


def run(aws: LocalAws, console: Console) -> tuple[int, Deployment]:
    """Run the whole demo on a started local AWS; return the exit status and what was deployed.

    Raises:
        DemoError: A step failed for a reason that the reader can fix.
    """
    shutil.rmtree(WORK, ignore_errors=True)  # the first time there is none
    WORK.mkdir(parents=True)
    demo = Demo(aws, console)
    deployment = demo.deploy()
    demo.ingest(deployment)
    results = demo.try_matrix(deployment)
    wrong = demo.show(results)
    wrong += demo.prove_denials(deployment)
    wrong += demo.ask(deployment)
    wrong += demo.review()
    console.say()
    verdict = "every cell is as expected" if not wrong else f"{wrong} result(s) NOT as expected"
    console.step(f"Done: {len(results)} operations, both roles, {verdict}.")
    return (1 if wrong else 0), deployment


@dataclass(slots=True)
class Demo:
    """One run against one local AWS."""

    aws: LocalAws
    console: Console

    def deploy(self) -> Deployment:
        """Deploy role, bootstrap with the derived policies, then all other stacks with these alone."""
        aws, console = self.aws, self.console
        cdk = Cdk(tool_environment(aws.process_environment), WORK, console)
        console.step("Synthesizing the stacks (cdk synth)")
        cdk.synthesize(
            {
                "account": aws.account,
                "region": aws.region,
                "agents-classic": "true",
                "assumable-by": f"arn:aws:iam::{aws.account}:root",
                "app-assumable-by": f"arn:aws:iam::{aws.account}:root",
            }
        )
        console.step(
            "Deploying the deploy role and the audit trail, as the account's administrator (cdk deploy)"
        )
        cdk.deploy(*stacks.ADMINISTRATORS)
        console.step("Deriving what CloudFormation needs for the other stacks (bedrock-planes deploy-policy)")
        derived = derive(cdk.assembly, but=stacks.ADMINISTRATORS)
        arns = make(aws.client("iam"), derived)
        actions = {name for one in derived.statements for name in one.actions}
        stars = [one.action for one in derived.open_writes]
        console.note(f"{len(actions)} actions, no wildcard among them, in {len(arns)} managed policies")
        console.note(f"writes left on *: {len(stars)} ({', '.join(stars)})")
        console.step("Bootstrapping the CDK with these policies, as the administrator (cdk bootstrap)")
        for arn in arns:
            console.note(arn)
        cdk.bootstrap(aws.account, aws.region, arns)
        console.step("Deploying all other stacks with these policies alone (cdk deploy --all)")
        cdk.deploy()
        cloudformation = aws.client("cloudformation")
        return stacks.deployment(cloudformation, account=aws.account, region=aws.region)

    def ingest(self, deployment: Deployment) -> None:
        """Upload and ingest the documents as the operator."""
        pages = documents()
        self.console.step(f"Uploading and ingesting {len(pages)} documents, as the operator role")
        credentials = self.aws.assume(deployment.operator_role_arn, "operator")
        upload(self.aws.client("s3", credentials=credentials), deployment.documents_bucket, pages)
        agent = self.aws.client("bedrock-agent", credentials=credentials)
        counts = ingest(agent, deployment.knowledge_base_id, deployment.data_source_id)
        indexed = counts.get("numberOfNewDocumentsIndexed", 0)
        self.console.note(f"{indexed} of {len(pages)} documents indexed")
        if indexed != len(pages):
            raise DemoError(
                f"the ingestion indexed {indexed} of {len(pages)} documents",
                remedy="look at the policy of the knowledge base's service role",
                tail=json.dumps(counts),
            )

    def try_matrix(self, deployment: Deployment) -> list[report.Result]:
        """Every row as the app role, then every row as the deploy role."""
        app = self._try_as(Targets(deployment, "app"), deployment.app_role_arn)
        deploy = self._try_as(Targets(deployment, "deploy"), deployment.deploy_role_arn)
        return [report.Result(row, app[row], deploy[row]) for row in MATRIX]

    def _try_as(self, targets: Targets, role_arn: str) -> dict[Row, Outcome]:
        self.console.step(f"Trying {len(MATRIX)} operations as the {targets.role} role ({role_arn})")
        targets.scratch.update(self._templates(targets.deployment))
        credentials = self.aws.assume(role_arn, f"demo-{targets.role}")
        clients: dict[str, Any] = {
            name: self.aws.client(name, credentials=credentials)
            for name in sorted({r.client for r in MATRIX})
        }
        return {row: attempt(partial(row.call, clients[row.client], targets)) for row in MATRIX}

    def _templates(self, deployment: Deployment) -> dict[str, Any]:
        """Read, as the administrator, what throw-aways are copied from."""
        agent_client = self.aws.client("bedrock-agent")
        base = agent_client.get_knowledge_base(knowledgeBaseId=deployment.knowledge_base_id)["knowledgeBase"]
        agent = agent_client.get_agent(agentId=deployment.agent_id)["agent"]
        return {
            "knowledge_base_like": {
                key: base[key] for key in ("roleArn", "knowledgeBaseConfiguration", "storageConfiguration")
            },
            "agent_like": {
                key: agent[key]
                for key in (
                    "agentId",
                    "agentName",
                    "agentResourceRoleArn",
                    "foundationModel",
                    "instruction",
                    "guardrailConfiguration",
                    "idleSessionTTLInSeconds",
                )
                if key in agent
            },
        }

    def show(self, results: list[report.Result]) -> int:
        """Print the table and the reasons; return how many cells are not as expected."""
        say = self.console.say
        say()
        say(report.table(results))
        say()
        say("Why, in the words of the API:")
        say(report.reasons(results))
        say()
        return report.surprises(results)

    def prove_denials(self, deployment: Deployment) -> int:
        """Add the missing statement for two denied cells and see the calls pass; return how many did not."""
        iam = self.aws.client("iam")
        self.console.step("Adding the one missing statement for two denied cells, as the administrator")
        app = self.aws.client("bedrock", role_arn=deployment.app_role_arn)
        deploy = self.aws.client("bedrock-runtime", role_arn=deployment.deploy_role_arn)
        model = deployment.model_id
        message = [{"role": "user", "content": [{"text": QUESTION}]}]
        proofs = {
            "app role, ListFoundationModels": prove(
                iam,
                deployment.app_role_arn,
                "bedrock:ListFoundationModels",
                "*",
                app.list_foundation_models,
                bounded=True,
            ),
            "deploy role, Converse": prove(
                iam,
                deployment.deploy_role_arn,
                "bedrock:InvokeModel",
                # A model call is authorized on the model and on its project, the account's default one here.
                [deployment.model_arn(model), deployment.project_arn],
                lambda: deploy.converse(modelId=model, messages=message),
                bounded=False,
            ),
        }
        for name, proof in proofs.items():
            self._tell(name, proof)
        return sum(not proof.holds for proof in proofs.values())

    def _tell(self, name: str, proof: Proof) -> None:
        note = self.console.note
        note(name)
        note(f"  before                         {proof.before.verdict}")
        if proof.identity_only:
            reason = proof.identity_only.reason.rpartition("because ")[2]
            note(f"  statement on the role          {proof.identity_only.verdict} ({reason})")
            note(f"  and in its boundary            {proof.with_statement.verdict}")
        else:
            note(f"  statement on the role          {proof.with_statement.verdict}")
        note(f"  removed again                  {proof.after.verdict}")
        if not proof.holds:
            note(f"  NOT as expected: {proof}")

    def ask(self, deployment: Deployment) -> int:
        """Ask the deployed Lambda function; return 1 when it gave no answer with citations."""
        self.console.step(f"Asking the deployed function `{deployment.function_name}`")
        self.console.note(f"Q: {QUESTION}")
        answer = self.aws.client("lambda").invoke(
            FunctionName=deployment.function_name, Payload=json.dumps({"question": QUESTION})
        )
        payload = json.loads(answer["Payload"].read())
        body = json.loads(payload.get("body", "{}")) if isinstance(payload, dict) else {}
        if "answer" not in body:
            self.console.note(f"NOT as expected: {json.dumps(payload)}")
            return 1
        self.console.note(f"A: {textwrap.shorten(body['answer'], _SHOWN_CHARACTERS, placeholder=' ...')}")
        for source in dict.fromkeys(citation["source"] for citation in body["citations"]):
            self.console.note(f"   cited: {source}")
        return 0 if body["citations"] else 1

    def review(self) -> int:
        """Review the deployed assembly with the command line; return 1 when it found an error."""
        self.console.step("Reviewing the assembly (bedrock-planes review)")
        command = [sys.executable, "-c", REVIEW, "review", str(WORK / "cdk.out")]
        done = subprocess.run(  # noqa: S603 - our own command line
            command, cwd=ROOT, capture_output=True, text=True, check=False
        )
        lines = (done.stdout + done.stderr).strip().splitlines()
        self.console.note(lines[-1] if lines else "")
        if not done.returncode:
            return 0
        self.console.note(f"NOT as expected: exit status {done.returncode}; run")
        self.console.note("  bedrock-planes review .cache/demo/cdk.out")
        return 1
