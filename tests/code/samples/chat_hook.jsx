import React, { useCallback, useMemo, useRef, useState } from "react";
import { BedrockRuntimeClient, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { BedrockClient, ListFoundationModelsCommand } from "@aws-sdk/client-bedrock";
import { fetchAuthSession } from "aws-amplify/auth";

export function useBedrock() {
  return useMemo(() => new BedrockRuntimeClient({ region: "us-east-1", credentials: async () => (await fetchAuthSession()).credentials }), []);
}

export default function Chat() {
  const client = useBedrock();
  const control = useRef(new BedrockClient({}));
  const [text, setText] = useState("");
  const send = useCallback(async () => {
    const { stream } = await client.send(new ConverseStreamCommand({ modelId: "amazon.nova-micro-v1:0", messages: [] })); //> bedrock-runtime ConverseStream
    for await (const e of stream) setText((t) => t + (e.contentBlockDelta?.delta?.text ?? ""));
  }, [client]);
  const list = async () => control.current.send(new ListFoundationModelsCommand({})); //> bedrock ListFoundationModels
  return <><p>{text}</p><button onClick={send}>Send</button><button onClick={() => list()} /></>;
}
