import { BedrockAgentClient, paginateListKnowledgeBases, paginateListDataSources } from "@aws-sdk/client-bedrock-agent";
import { BedrockClient, paginateListCustomModels, ListTagsForResourceCommand } from "@aws-sdk/client-bedrock";
import { LambdaClient, InvokeCommand } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";

const config = { client: new BedrockAgentClient({}), pageSize: 50 };
const kbs = [];
for await (const { knowledgeBaseSummaries } of paginateListKnowledgeBases(config, {})) kbs.push(...knowledgeBaseSummaries); //> bedrock-agent ListKnowledgeBases
for (const { knowledgeBaseId } of kbs) {
  const pages = paginateListDataSources(config, { knowledgeBaseId }); //> bedrock-agent ListDataSources
  for await (const page of pages) console.log(page);
}
const bedrock = new BedrockClient({});
for await (const p of paginateListCustomModels({ client: bedrock }, {})) console.log(p); //> bedrock ListCustomModels
await bedrock.send(new ListTagsForResourceCommand({ resourceARN: "a" })); //> bedrock ListTagsForResource
await new LambdaClient({}).send(new InvokeCommand({ FunctionName: "f" }));
await new S3({}).listBuckets({});
