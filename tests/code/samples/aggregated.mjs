import { BedrockRuntime, paginateListAsyncInvokes } from "@aws-sdk/client-bedrock-runtime";
import { Bedrock } from "@aws-sdk/client-bedrock";
import * as core from "@aws-sdk/client-bedrock-agentcore";

const runtime = new BedrockRuntime();
const bedrock = new Bedrock({});
await runtime.converse({ modelId: "m", messages: [] }); //> bedrock-runtime Converse
await bedrock.listFoundationModels({}); //> bedrock ListFoundationModels
await bedrock.converseStream({ modelId: "m" }); //> bedrock ConverseStream wrong bedrock-runtime
for await (const page of paginateListAsyncInvokes({ client: runtime }, {})) console.log(page); //> bedrock-runtime ListAsyncInvokes
const agentcore = new core.BedrockAgentCoreClient({});
agentcore.send(new core.InvokeAgentRuntimeCommand({ agentRuntimeArn: "a" })); //> bedrock-agentcore InvokeAgentRuntime
