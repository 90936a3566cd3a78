import { Inject, Injectable, Module, OnModuleDestroy } from "@nestjs/common";
import { ConfigService } from "@nestjs/config";
import * as runtime from "@aws-sdk/client-bedrock-runtime";
import { BedrockClient, CreateGuardrailCommand, paginateListInferenceProfiles } from "@aws-sdk/client-bedrock";

const BEDROCK = "BEDROCK_RUNTIME";

@Injectable()
export class ChatService implements OnModuleDestroy {
  private control: BedrockClient;
  constructor(@Inject(BEDROCK) private readonly client: runtime.BedrockRuntimeClient, config: ConfigService) {
    this.control = new BedrockClient({ region: config.get<string>("REGION") });
  }

  async invoke<T>(body: unknown): Promise<T> {
    const res = await this.client.send(new runtime.InvokeModelCommand({ modelId: "amazon.nova-micro-v1:0", body: JSON.stringify(body) })); //> bedrock-runtime InvokeModel
    return JSON.parse(Buffer.from(res.body).toString("utf8")) as T;
  }

  async profiles() {
    const all: string[] = [];
    for await (const page of paginateListInferenceProfiles({ client: this.control }, {})) { //> bedrock ListInferenceProfiles
      all.push(...(page.inferenceProfileSummaries ?? []).map((p) => p.inferenceProfileId!));
    }
    return all;
  }

  guard() {
    return this.control.send(new CreateGuardrailCommand({ name: "g", blockedInputMessaging: "", blockedOutputsMessaging: "" })); //> bedrock CreateGuardrail
  }

  check(text: string) {
    return this.control.send(new runtime.ApplyGuardrailCommand({ guardrailIdentifier: "g", guardrailVersion: "1", source: "INPUT", content: [] }) as any); //> bedrock ApplyGuardrail wrong bedrock-runtime
  }

  onModuleDestroy() {
    this.client.destroy();
  }
}

@Module({
  providers: [ChatService, { provide: BEDROCK, useFactory: () => new runtime.BedrockRuntimeClient({}) }],
})
export class ChatModule {}
