const { EventEmitter } = require("events");
const { BedrockAgentClient, StartIngestionJobCommand, GetIngestionJobCommand, ...rest } = require("@aws-sdk/client-bedrock-agent");
class Sync extends EventEmitter {
  #client = new BedrockAgentClient({ region: "us-east-1" });
  static defaults = Object.freeze({ knowledgeBaseId: "K", dataSourceId: "D" });
  async start() {
    const { ingestionJob } = await this.#client.send(new StartIngestionJobCommand({ ...Sync.defaults })); //> bedrock-agent StartIngestionJob
    const timer = setInterval(async () => {
      const { ingestionJob: job } = await this.#client.send(new GetIngestionJobCommand({ ...Sync.defaults, ingestionJobId: ingestionJob.ingestionJobId })); //> bedrock-agent GetIngestionJob
      this.emit("status", job.status);
      if (job.status === "COMPLETE") clearInterval(timer);
    }, 1000);
    process.once("SIGTERM", () => this.#client.send(new rest.StopIngestionJobCommand({ ...Sync.defaults, ingestionJobId: ingestionJob.ingestionJobId }))); //> bedrock-agent StopIngestionJob
  }
}
module.exports.sync = new Sync();
