"use client";
import { useState } from "react";
import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";

const client = new BedrockRuntimeClient({ region: "eu-central-1" });

export default function Page({ model = "eu.amazon.nova-lite-v1:0" }: { model?: string }) {
  const [text, setText] = useState<string>("");
  const ask = async () => {
    const reply = await client.send(new ConverseCommand({ modelId: model, messages: [] })); //> bedrock-runtime Converse
    setText(reply.output?.message?.content?.[0].text ?? "");
  };
  return <button onClick={() => ask()}>{text}</button>;
}
