import { request as plain, type IncomingMessage } from "node:http";
import { request as secure } from "node:https";

export interface HttpRequest {
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array | undefined;
  timeoutMs: number;
}

/**
 * Sends one HTTP request and reads the whole answer; redirects are not followed. `fetch` would add headers by which Ray takes it for a
 * browser and refuses uploads.
 *
 * @throws Error if there is no answer in time
 */
export function sendRequest(
  url: string,
  { method, headers, body, timeoutMs }: HttpRequest,
): Promise<{ status: number; text: string }> {
  const start = url.startsWith("https:") ? secure : plain;
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  const signal = AbortSignal.timeout(timeoutMs);
  return new Promise((resolve, reject) => {
    const options = { method, signal, headers: { ...headers, "Content-Length": length } };
    const sent = start(url, options, (response) => {
      readText(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, text }),
        (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
      );
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of response.setEncoding("utf8")) text += String(piece);
  return text;
}
