const { BedrockRuntimeClient, ...rest } = require("@aws-sdk/client-bedrock-runtime");
const make = ({ Command, ...more }) => new rest.ConverseCommand(more);
const client = new BedrockRuntimeClient({});
client.send(make({ Command: 1, modelId: "x" })); //> bedrock-runtime Converse
const clients = { a: client, b: 1 };
const { b, ...cl } = clients;
cl.a.send(new rest.ApplyGuardrailCommand({})); //> bedrock-runtime ApplyGuardrail
