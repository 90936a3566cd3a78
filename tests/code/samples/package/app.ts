import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import main, { runtime } from "./clients";

runtime.send(new ConverseCommand({ modelId: "m", messages: [] })); //> bedrock-runtime Converse
main.send(new ConverseCommand({ modelId: "m", messages: [] })); //> bedrock-runtime Converse
