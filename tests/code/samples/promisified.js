"use strict";
const AWS = require("aws-sdk");
const { promisify } = require("util");
AWS.config.update({ region: "us-east-1" });
const bedrock = new AWS.Bedrock({ apiVersion: "2023-04-20" });
const BedrockRuntime = AWS.BedrockRuntime;
const rt = new BedrockRuntime();

exports.handler = async (event) => {
  const models = await bedrock.listFoundationModels().promise(); //> bedrock ListFoundationModels
  const out = await rt.invokeModel({ modelId: "amazon.titan-text-lite-v1", body: JSON.stringify({}) }).promise(); //> bedrock-runtime InvokeModel
  rt.invokeModelWithResponseStream({ modelId: "m", body: "" }, (err, data) => console.log(err, data)); //> bedrock-runtime InvokeModelWithResponseStream
  await promisify(bedrock.getFoundationModel.bind(bedrock))({ modelIdentifier: "m" }); //> bedrock GetFoundationModel
  bedrock.invokeModel({ modelId: "m" }).promise().then(console.log); //> bedrock InvokeModel wrong bedrock-runtime
  return [models, out];
};
