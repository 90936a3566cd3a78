import { beforeEach, describe, expect, it, vi } from "vitest";
import { mockClient } from "aws-sdk-client-mock";
import { BedrockRuntimeClient, ConverseCommand, ThrottlingException } from "@aws-sdk/client-bedrock-runtime";
import { BedrockService } from "./a_service";

vi.mock("@aws-sdk/client-bedrock", () => ({ BedrockClient: vi.fn(), ListFoundationModelsCommand: vi.fn() }));
const bedrock = mockClient(BedrockRuntimeClient);

describe("chat", () => {
  beforeEach(() => bedrock.reset());
  it("asks", async () => {
    bedrock.on(ConverseCommand, { modelId: "m" }).resolvesOnce({ output: { message: { role: "assistant", content: [] } } });
    await new BedrockService({ region: "us-east-1" }).ask("hi");
    expect(bedrock).toHaveReceivedCommandWith(ConverseCommand, { modelId: "m" });
    expect(bedrock.commandCalls(ConverseCommand)).toHaveLength(1);
  });
});
