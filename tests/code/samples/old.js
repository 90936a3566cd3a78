var AWS = require("aws-sdk");
const BedrockAgentRuntime = require("aws-sdk/clients/bedrockagentruntime");

const runtime = new AWS.BedrockRuntime({ region: "us-east-1" });
const bedrock = new AWS.Bedrock();
const s3 = new AWS.S3();
runtime.invokeModel({ modelId: "m", body: "{}" }).promise(); //> bedrock-runtime InvokeModel
bedrock.listGuardrails({}, function (error, data) { console.log(data); }); //> bedrock ListGuardrails
new BedrockAgentRuntime().retrieve({ knowledgeBaseId: "K" }).promise(); //> bedrock-agent-runtime Retrieve
bedrock.invokeModel({ modelId: "m" }).promise(); //> bedrock InvokeModel wrong bedrock-runtime
s3.converse({});
