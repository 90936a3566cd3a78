import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";

export const runtime = new BedrockRuntimeClient({});
export default runtime;
