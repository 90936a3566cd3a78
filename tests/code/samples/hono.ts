import { Hono } from "hono";
import { stream } from "hono/streaming";
import { BedrockRuntimeClient, InvokeModelWithResponseStreamCommand, InvokeModelWithBidirectionalStreamCommand, StartAsyncInvokeCommand, CountTokensCommand } from "@aws-sdk/client-bedrock-runtime";

type Env = { Variables: { bedrock: BedrockRuntimeClient } };
const app = new Hono<Env>();

app.use(async (c, next) => {
  c.set("bedrock", new BedrockRuntimeClient({ region: "us-east-1" }));
  await next();
});

app.post("/chat", (c) =>
  stream(c, async (s) => {
    const client: BedrockRuntimeClient = c.get("bedrock");
    const r = await client.send(new InvokeModelWithResponseStreamCommand({ modelId: "amazon.nova-lite-v1:0", body: await c.req.text() })); //> bedrock-runtime InvokeModelWithResponseStream
    for await (const x of r.body!) await s.write(x.chunk!.bytes!);
  }),
);

app.post("/video", async (c) => c.json(await c.var.bedrock.send(new StartAsyncInvokeCommand({ modelId: "amazon.nova-reel-v1:0", modelInput: {}, outputDataConfig: undefined })))); //> bedrock-runtime StartAsyncInvoke

app.post("/count", async ({ get, json }) => json(await (get("bedrock") as BedrockRuntimeClient).send(new CountTokensCommand({ modelId: "m", input: undefined })))); //> bedrock-runtime CountTokens

export async function voice(body: AsyncIterable<any>) {
  const client = new BedrockRuntimeClient();
  return await client.send(new InvokeModelWithBidirectionalStreamCommand({ modelId: "amazon.nova-sonic-v1:0", body })); //> bedrock-runtime InvokeModelWithBidirectionalStream
}
export default app;
