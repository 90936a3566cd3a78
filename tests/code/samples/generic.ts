import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  type ConverseCommandOutput,
  ConverseStreamCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { BedrockClient, ListFoundationModelsCommand, GetGuardrailCommand } from "@aws-sdk/client-bedrock";

interface ServiceOptions<T extends string = string> {
  readonly region: T;
  maxTokens?: number;
}

export class BedrockService<R extends string> {
  static #shared?: BedrockRuntimeClient;
  readonly #runtime: BedrockRuntimeClient;
  protected readonly control = new BedrockClient({});
  private readonly modelId = "us.amazon.nova-pro-v1:0" as const;

  constructor(private readonly options: ServiceOptions<R>, runtime?: BedrockRuntimeClient) {
    this.#runtime = runtime ?? BedrockService.shared(options.region);
  }

  static shared(region: string): BedrockRuntimeClient {
    return (BedrockService.#shared ??= new BedrockRuntimeClient({ region, maxAttempts: 5 }));
  }

  async ask(text: string): Promise<string | undefined> {
    const input = {
      modelId: this.modelId,
      messages: [{ role: "user", content: [{ text }] }],
      inferenceConfig: { maxTokens: this.options.maxTokens ?? 512 },
    } satisfies ConverseCommandInput;
    const out: ConverseCommandOutput = await this.#runtime.send(new ConverseCommand(input)); //> bedrock-runtime Converse
    return out.output?.message?.content?.[0]?.text;
  }

  async *stream(text: string): AsyncGenerator<string> {
    const { stream } = await this.#runtime.send( //> bedrock-runtime ConverseStream
      new ConverseStreamCommand({ modelId: this.modelId, messages: [{ role: "user", content: [{ text }] }] }),
      { abortSignal: AbortSignal.timeout(10_000) },
    );
    for await (const event of stream ?? []) {
      if (event.contentBlockDelta?.delta?.text) yield event.contentBlockDelta.delta.text;
    }
  }

  models = async () => (await this.control.send(new ListFoundationModelsCommand({}))).modelSummaries; //> bedrock ListFoundationModels

  guardrail(id: string) {
    return this.#runtime.send(new GetGuardrailCommand({ guardrailIdentifier: id }) as never); //> bedrock-runtime GetGuardrail wrong bedrock
  }
}
