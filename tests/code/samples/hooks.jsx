import React from "react";
import { BedrockRuntimeClient, InvokeModelWithResponseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { fromCognitoIdentityPool } from "@aws-sdk/credential-providers";

const makeClient = (region) => new BedrockRuntimeClient({ region, credentials: fromCognitoIdentityPool({ identityPoolId: "x" }) });

export function Chat({ region }) {
  const client = React.useMemo(() => makeClient(region), [region]);
  const onSend = React.useCallback(async (text) => {
    const res = await client.send(new InvokeModelWithResponseStreamCommand({ modelId: "m", body: text })); //> bedrock-runtime InvokeModelWithResponseStream
    for await (const chunk of res.body) console.log(chunk);
  }, [client]);
  return <button onClick={() => onSend("x")}>Send</button>;
}
