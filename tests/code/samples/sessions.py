import boto3
from boto3 import Session
from boto3.session import Session as S

one = Session(profile_name="dev", region_name="eu-west-1").client("bedrock")
two = S()
two.client("bedrock-agent").list_agents()  #> bedrock-agent ListAgents
one.get_guardrail(guardrailIdentifier="g")  #> bedrock GetGuardrail
session = boto3.session.Session()
session.client(service_name="bedrock-agentcore").invoke_agent_runtime(agentRuntimeArn="a")  #> bedrock-agentcore InvokeAgentRuntime
