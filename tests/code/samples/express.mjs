import express from "express";
import { BedrockRuntimeClient as Runtime, ConverseStreamCommand as Stream } from "@aws-sdk/client-bedrock-runtime";
import * as agentSdk from "@aws-sdk/client-bedrock-agent";

const app = express();
app.locals.bedrock = new Runtime({});
const admin = new agentSdk.BedrockAgentClient({});

app.post("/chat", async (req, res, next) => {
  try {
    const out = await req.app.locals.bedrock.send(new Stream({ modelId: req.body.model ?? "amazon.nova-lite-v1:0", messages: [] })); //> bedrock-runtime ConverseStream
    for await (const part of out.stream) res.write(JSON.stringify(part));
    res.end();
  } catch (error) {
    next(error);
  }
});

app.get("/agents", (_req, res) => {
  admin
    .send(new agentSdk.ListAgentsCommand({ maxResults: 10 })) //> bedrock-agent ListAgents
    .then(({ agentSummaries }) => res.json(agentSummaries));
});

app.put("/prompts/:id", async ({ params: { id }, body }, res) => {
  const { CreatePromptVersionCommand, UpdatePromptCommand } = agentSdk;
  await admin.send(new UpdatePromptCommand({ promptIdentifier: id, ...body })); //> bedrock-agent UpdatePrompt
  res.json(await admin.send(new CreatePromptVersionCommand({ promptIdentifier: id }))); //> bedrock-agent CreatePromptVersion
});
