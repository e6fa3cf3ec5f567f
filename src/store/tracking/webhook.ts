import { UserError } from "../../foundation/errors/user-error.ts";

const timeoutMs = 5000;

/** An address that documents are posted to. */
export interface Webhook {
  /** Without path and query, which may hold a secret. */
  origin: string;
  /** Posts a document; returns why it was not accepted, or undefined if it was. Never throws. */
  post(document: unknown): Promise<string | undefined>;
}

/**
 * The webhook at an address. It never follows a redirect and waits at most 5 s for an answer.
 *
 * @throws UserError `notify-address-invalid`
 */
export function webhookAt(text: string): Webhook {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url !== undefined && ["http:", "https:"].includes(url.protocol);
  if (!isWeb || url.username !== "" || url.password !== "") {
    throw new UserError("notify-address-invalid", "invalid address for `--notify`", {
      at: "--notify",
      hint: "use an address that begins with `https://` or `http://` and has no user or password, such as a webhook of a chat service",
    });
  }
  return { origin: url.origin, post: (document) => post(url, document) };
}

async function post(url: URL, document: unknown): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(document),
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    if (response.status >= 300 && response.status < 400)
      return "it redirects, which is not followed";
    return response.ok ? undefined : `HTTP status ${response.status}`;
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError")
    return `no answer within ${timeoutMs / 1000} s`;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : "no connection";
}
