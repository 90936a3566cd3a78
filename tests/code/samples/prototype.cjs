const sdk = require("@aws-sdk/client-bedrock-runtime");
const { BedrockClient, ...control } = require("@aws-sdk/client-bedrock");

function Bedrock(region) {
  this.client = new sdk.BedrockRuntimeClient({ region });
}
Bedrock.prototype.ask = function (text) {
  return this.client.send(new sdk.ConverseCommand({ modelId: "amazon.nova-lite-v1:0", messages: [text] })); //> bedrock-runtime Converse
};
Bedrock.prototype.embed = async function embed(texts) {
  return Promise.allSettled(texts.map((inputText) => this.client.send(new sdk.InvokeModelCommand({ modelId: "amazon.titan-embed-text-v2:0", body: JSON.stringify({ inputText }) })))); //> bedrock-runtime InvokeModel
};
const client = new BedrockClient();
client.send(new control.GetModelInvocationLoggingConfigurationCommand({}), (err, data) => { //> bedrock GetModelInvocationLoggingConfiguration
  if (!err) console.log(data);
});
client.send(new sdk.ConverseStreamCommand({ modelId: "m" })); //> bedrock ConverseStream wrong bedrock-runtime
module.exports = { Bedrock };
