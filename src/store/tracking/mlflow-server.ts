import { z } from "zod";
import { UserError, WorldError } from "../../foundation/errors/user-error.ts";

/** How to log in: a token, or a user with a password. */
export type MlflowCredentials =
  | { kind: "token"; token: string }
  | { kind: "password"; user: string; password: string }
  | { kind: "none" };

export interface MlflowAddress {
  /** Without credentials and without a slash at the end. */
  url: string;
  credentials: MlflowCredentials;
}

/** The status of a response, and its body if it is JSON. */
interface Reply {
  status: number;
  body: unknown;
}

const timeoutMs = 60_000;
const failure = z.object({ error_code: z.string(), message: z.string().optional() });

/**
 * The address and the credentials to use, in MLflow's order: those in the address, the token, user and password.
 *
 * @throws UserError `tracking-uri-invalid`
 */
export function mlflowAddress(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): MlflowAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw new UserError("tracking-uri-invalid", `invalid tracking URI \`${text}\``, {
      at: "--tracking-uri",
      hint: "use the address of an MLflow server, such as `http://localhost:5000`; without `--tracking-uri`, a file store is written",
    });
  }
  const { username, password, origin, pathname } = url;
  const address = `${origin}${pathname}`.replace(/\/+$/u, "");
  const {
    MLFLOW_TRACKING_TOKEN: token = "",
    MLFLOW_TRACKING_USERNAME: user = "",
    MLFLOW_TRACKING_PASSWORD: secret = "",
  } = env;
  if (username !== "")
    return {
      url: address,
      credentials: {
        kind: "password",
        user: decodeURIComponent(username),
        password: decodeURIComponent(password),
      },
    };
  if (user !== "" && secret !== "")
    return { url: address, credentials: { kind: "password", user, password: secret } };
  if (token !== "") return { url: address, credentials: { kind: "token", token } };
  return { url: address, credentials: { kind: "none" } };
}

/** The REST interface of one MLflow server. Never follows a redirect: credentials go only to the named server. */
export class MlflowServer {
  readonly #address: MlflowAddress;

  constructor(address: MlflowAddress) {
    this.#address = address;
  }

  get url(): string {
    return this.#address.url;
  }

  /**
   * Sends a request; `undefined` if the server has no such thing.
   *
   * @param path below `/api/2.0/mlflow/`
   * @param body of a POST; without one, the request is a GET
   * @throws UserError `server-denied-access`, `server-redirects`, `not-an-mlflow-server`, `server-refused`
   * @throws WorldError `server-unreachable`, `server-failed`
   */
  async request<Shape extends z.ZodType>(
    path: string,
    { body, shape, signal }: { body?: unknown; shape: Shape; signal?: AbortSignal },
  ): Promise<z.output<Shape> | undefined> {
    const { status, body: content } = await this.#send(path, body, signal);
    if (status >= 200 && status < 300) {
      const parsed = shape.safeParse(content);
      if (parsed.success) return parsed.data;
      throw this.#foreign(status);
    }
    const error = failure.safeParse(content).data;
    if (error?.error_code === "RESOURCE_DOES_NOT_EXIST") return undefined;
    throw this.#refusal(path, status, error);
  }

  async #send(path: string, body: unknown, signal: AbortSignal | undefined): Promise<Reply> {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(`${this.url}/api/2.0/mlflow/${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: {
          accept: "application/json",
          ...authorization(this.#address.credentials),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: "manual",
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      if (response.status >= 300 && response.status < 400)
        throw this.#redirect(response.headers.get("location"));
      return { status: response.status, body: jsonOf(await response.text()) };
    } catch (error) {
      if (error instanceof UserError || signal?.aborted === true) throw error;
      throw this.#unreachable(error);
    }
  }

  #unreachable(error: unknown): WorldError {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    const cause = error instanceof Error ? error.cause : undefined;
    const reason = cause instanceof Error ? cause.message : String(error);
    return new WorldError("server-unreachable", `cannot reach the MLflow server at ${this.url}`, {
      at: "--tracking-uri",
      saw: isLate ? `no response within ${timeoutMs / 1000} s` : reason,
      hint: "check the address, and that the server is running: `mlflow server --port 5000`",
      cause: error,
    });
  }

  #redirect(location: string | null): UserError {
    return new UserError("server-redirects", `${this.url} redirects to another address`, {
      at: "--tracking-uri",
      saw: location ?? "no `location`",
      hint: "use the address of the server itself; a redirect often leads to a login page: set `MLFLOW_TRACKING_TOKEN`",
    });
  }

  #foreign(status: number): UserError {
    return new UserError("not-an-mlflow-server", `${this.url} is not an MLflow server`, {
      at: "--tracking-uri",
      saw: `status ${status}, but not an answer of MLflow's REST interface`,
      hint: "use the address that `mlflow.set_tracking_uri` takes, without `/#/experiments` and without `/api`",
    });
  }

  #refusal(path: string, status: number, error: z.output<typeof failure> | undefined): UserError {
    const at = `${this.url}, ${path.split("?")[0]}`;
    const saw = `status ${status}${error?.message === undefined ? "" : `: ${error.message.slice(0, 500)}`}`;
    if (status === 401 || status === 403)
      return new UserError("server-denied-access", "the MLflow server denied access", {
        at,
        saw,
        hint: deniedHints[this.#address.credentials.kind],
      });
    if (status >= 500)
      return new WorldError("server-failed", "the MLflow server failed", { at, saw });
    if (error === undefined) return this.#foreign(status);
    return new UserError("server-refused", "the MLflow server refused the request", { at, saw });
  }
}

const deniedHints = {
  none: "set `MLFLOW_TRACKING_TOKEN`, or `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`",
  token: "check `MLFLOW_TRACKING_TOKEN`, and that it may write to the experiment",
  password: "check the user name and the password, and that the user may write to the experiment",
} as const;

function authorization(credentials: MlflowCredentials): Record<string, string> {
  switch (credentials.kind) {
    case "none":
      return {};
    case "token":
      return { authorization: `Bearer ${credentials.token}` };
    case "password": {
      const { user, password } = credentials;
      return {
        authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
      };
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A page of another server; the caller reports it.
    return undefined;
  }
}
