const bedrock = require("@aws-sdk/client-bedrock-agent");
const { fromIni } = require("@aws-sdk/credential-providers");
const client = new bedrock.BedrockAgentClient({ credentials: fromIni({ profile: "p" }) });
const ops = {
  start: (kb, ds) => new bedrock.StartIngestionJobCommand({ knowledgeBaseId: kb, dataSourceId: ds }),
  get: bedrock.GetIngestionJobCommand,
};
async function main() {
  const { ingestionJob } = await client.send(ops.start("k", "d")); //> bedrock-agent StartIngestionJob
  await client.send(new ops.get({ ingestionJobId: ingestionJob.ingestionJobId })); //> bedrock-agent GetIngestionJob
  client.send(new bedrock.PrepareAgentCommand({ agentId: "A" })).then((r) => console.log(r)).catch(console.error); //> bedrock-agent PrepareAgent
}
main();
