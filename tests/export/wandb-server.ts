import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";

interface Received {
  path: string;
  body: string;
}

export interface WandbServer {
  url: string;
  /** The requests. */
  received: readonly Received[];
  /** The uploaded lines of a file, of one run or of all. */
  linesOf: (file: string, runId?: string) => Record<string, unknown>[];
}

/** Starts a server with the answers that `wandb sync` needs; it is closed when the test ends. */
export async function startWandbServer(): Promise<WandbServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      received.push({ path: request.url ?? "", body });
      const answer = JSON.stringify({ data: answerTo(body, `http://${request.headers.host}`) });
      response.writeHead(200, { "content-type": "application/json" }).end(answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const linesOf: WandbServer["linesOf"] = (file, runId = "") =>
    received
      .filter(({ path }) => path.endsWith(`${runId}/file_stream`))
      .flatMap(({ body }): string[] => JSON.parse(body).files?.[file]?.content ?? [])
      .map((line) => JSON.parse(line));
  return { url: `http://127.0.0.1:${address.port}`, received, linesOf };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const bytes = Buffer.concat(await request.toArray());
  const isPacked = request.headers["content-encoding"] === "gzip";
  return (isPacked ? gunzipSync(bytes) : bytes).toString();
}

function answerTo(body: string, url: string): unknown {
  if (body.includes("upsertBucket")) {
    const project = { id: "p", name: "train", entity: { id: "e", name: "me" } };
    const { name } = JSON.parse(body).variables;
    const bucket = { id: "b", name, displayName: name, config: "{}", project };
    return { upsertBucket: { bucket: { ...bucket, historyLineCount: 0 }, inserted: true } };
  }
  if (!body.includes("createRunFiles")) return {};
  const { variables } = JSON.parse(body);
  const files = variables.files.map((name: string) => ({
    name,
    uploadUrl: `${url}/files/${name}`,
  }));
  return { createRunFiles: { runID: "b", uploadHeaders: [], files } };
}
