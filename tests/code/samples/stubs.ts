import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import sinon from "sinon";
import { jest } from "@jest/globals";

const send = jest.fn();
const client = { send } as unknown as BedrockRuntimeClient;
class Service { constructor(private c: BedrockRuntimeClient) {} ask() { return this.c.send(new ConverseCommand({ modelId: "m", messages: [] })); } } //> bedrock-runtime Converse
test("x", async () => {
  await new Service(client).ask();
  expect(send).toHaveBeenCalledWith(expect.any(ConverseCommand));
  sinon.stub(BedrockRuntimeClient.prototype, "send").resolves({});
  jest.spyOn(client, "send").mockResolvedValue({} as never);
});
