import { BedrockRuntimeClient, ConverseCommand, type ConverseCommandInput, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { Injectable, OnModuleInit } from '@nestjs/common';

@Injectable()
export class BedrockService implements OnModuleInit {
  private client!: BedrockRuntimeClient;
  constructor(private readonly config: ConfigService) {}
  onModuleInit() {
    this.client = new BedrockRuntimeClient({ region: this.config.get<string>('REGION')! });
  }
  async chat(prompt: string): Promise<string> {
    const input: ConverseCommandInput = { modelId: 'anthropic.claude-3-haiku-20240307-v1:0', messages: [] };
    const response = await this.client.send(new ConverseCommand(input)); //> bedrock-runtime Converse
    return response.output?.message?.content?.[0]?.text ?? '';
  }
  async *stream(prompt: string): AsyncGenerator<string> {
    const response = await this.client.send(new ConverseStreamCommand({ modelId: 'm' } as any)); //> bedrock-runtime ConverseStream
    for await (const e of response.stream ?? []) yield e.contentBlockDelta?.delta?.text ?? '';
  }
}
