import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { errorMessage } from "../../foundation/errors/error-code.ts";
import { UserError, WorldError } from "../../foundation/errors/user-error.ts";
import { sendRequest } from "./send-request.ts";

const answerMs = 30_000;
const uploadMs = 600_000;
const acceptMs = 60_000;
const retryMs = 1000;

const version = z.object({ ray_version: z.string() });
const jobInfo = z.object({
  status: z.enum(["PENDING", "RUNNING", "STOPPED", "SUCCEEDED", "FAILED"]),
  message: z.string().nullish(),
});
export type RayJobInfo = z.output<typeof jobInfo>;

const nodeSummary = z.object({
  hostname: z.string(),
  ip: z.string().optional(),
  cpus: z.tuple([z.number(), z.number()]),
  mem: z.array(z.number()).min(1),
  raylet: z.object({
    nodeId: z.string().regex(/^[0-9a-f]+$/u),
    state: z.string(),
    resourcesTotal: z.record(z.string(), z.number()),
  }),
});
const nodes = z.object({ data: z.object({ summary: z.array(z.unknown()) }) });
export type RayNode = z.output<typeof nodeSummary>;

type Environment = Readonly<Record<string, string | undefined>>;

/** The REST interface of a Ray cluster: that of its dashboard, by default on port 8265. */
export class RayClient {
  readonly address: string;
  readonly #env: Environment;
  #token: Promise<string | undefined> | undefined;

  constructor(address: string, env: Environment) {
    this.address = address.replace(/\/+$/u, "");
    this.#env = env;
  }

  /** The token of the cluster, from the same places as Ray's own client; undefined if there is none. */
  token(): Promise<string | undefined> {
    this.#token ??= readToken(this.#env);
    return this.#token;
  }

  /** The version of Ray. */
  async version(): Promise<string> {
    const answer = await this.#ask("GET", "/api/version");
    const parsed = answer.status === 200 ? version.safeParse(jsonIn(answer.text)) : undefined;
    if (parsed?.success === true) return parsed.data.ray_version;
    throw new WorldError("ray-unknown", `no Ray cluster answers at ${this.address}`, {
      saw: `HTTP status ${answer.status}`,
      hint: addressHint,
    });
  }

  /** Running nodes. */
  async nodes(): Promise<RayNode[]> {
    const { status, text } = await this.#ask("GET", "/nodes?view=summary");
    const parsed = nodes.safeParse(status === 200 ? jsonIn(text) : undefined);
    if (!parsed.success) return [];
    const found = parsed.data.data.summary.map((each) => nodeSummary.safeParse(each).data);
    return found.flatMap((each) => (each?.raylet.state === "ALIVE" ? [each] : []));
  }

  /** Stores a package of files, unless the cluster has it already. */
  async upload(name: string, bytes: () => Promise<Uint8Array>): Promise<void> {
    if ((await this.#ask("GET", packagePath(name))).status === 200) return;
    await this.put(name, await bytes());
  }

  /** Stores bytes under a name, until a job takes them. */
  async put(name: string, body: string | Uint8Array): Promise<void> {
    const path = packagePath(name);
    const { status, text } = await this.#ask("PUT", path, { body, ms: uploadMs });
    if (status !== 200) throw refused("the files of the program", text);
  }

  /** A cluster that has just started may not accept jobs for a while. */
  async submit(request: unknown): Promise<void> {
    const body = JSON.stringify(request);
    const untilMs = performance.now() + acceptMs;
    for (;;) {
      const { status, text } = await this.#ask("POST", "/api/jobs/", { body });
      if (status === 200) return;
      const isEarly = text.startsWith("No available agent") && performance.now() < untilMs;
      if (!isEarly) throw refused("the job", text);
      await sleep(retryMs);
    }
  }

  /** Undefined if the cluster does not know the job. */
  async job(id: string): Promise<RayJobInfo | undefined> {
    const { status, text } = await this.#ask("GET", `/api/jobs/${id}`);
    if (status === 404) return undefined;
    const parsed = jobInfo.safeParse(jsonIn(text));
    if (parsed.success) return parsed.data;
    throw refused("to describe the job", text);
  }

  /** What the driver of a job has printed so far. */
  async log(id: string): Promise<string> {
    const { status, text } = await this.#ask("GET", `/api/jobs/${id}/logs`);
    const parsed = z.object({ logs: z.string() }).safeParse(jsonIn(text));
    return status === 200 && parsed.success ? parsed.data.logs : "";
  }

  async stop(id: string): Promise<void> {
    await this.#ask("POST", `/api/jobs/${id}/stop`);
  }

  async #ask(
    method: string,
    path: string,
    { body, ms = answerMs }: { body?: string | Uint8Array; ms?: number } = {},
  ): Promise<{ status: number; text: string }> {
    const token = await this.token();
    try {
      const answer = await sendRequest(`${this.address}${path}`, {
        method,
        timeoutMs: ms,
        body,
        headers: {
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
          ...(typeof body === "string" ? { "Content-Type": "application/json" } : {}),
        },
      });
      if (answer.status !== 401 && answer.status !== 403) return answer;
      throw tokenRefused(this.address, token);
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new WorldError("ray-unreachable", `no answer from Ray at ${this.address}`, {
        saw: errorMessage(error),
        hint: addressHint,
      });
    }
  }
}

function packagePath(name: string): string {
  return `/api/packages/gcs/${name}`;
}

const addressHint =
  "the address is that of the cluster's dashboard: `--ray-address http://head:8265`; `ssh -L 8265:localhost:8265 head` forwards it";

function tokenRefused(address: string, token: string | undefined): UserError {
  const what = token === undefined ? "requires a token" : "refused the token";
  return new UserError("ray-token", `Ray at ${address} ${what}`, {
    hint: "`ray get-auth-token` on the cluster prints it: set RAY_AUTH_TOKEN, or RAY_AUTH_TOKEN_PATH for a file",
  });
}

function refused(what: string, text: string): WorldError {
  const lines = text.trim().split("\n");
  return new WorldError("ray-refused", `Ray refused ${what}`, {
    saw: lines.at(-1) ?? "",
    hint: "the log of the dashboard on the head node says more",
  });
}

async function readToken(env: Environment): Promise<string | undefined> {
  const given = env["RAY_AUTH_TOKEN"]?.trim();
  if (given !== undefined && given !== "") return given;
  const path = env["RAY_AUTH_TOKEN_PATH"];
  if (path !== undefined && path !== "") return (await readFile(path, "utf8")).trim();
  if (env["RAY_AUTH_MODE"] === "disabled") return undefined;
  try {
    return (await readFile(join(env["HOME"] ?? "/", ".ray", "auth_token"), "utf8")).trim();
  } catch {
    // Most clusters have no token.
    return undefined;
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
