import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { ConnectionLimit } from "./connection-limit.ts";
import { safetyHeaders } from "./safety-headers.ts";

/** The limit per address is high because all users behind a tunnel share one address. */
const connectionLimits = { max: 512, maxPerAddress: 448 };
const maxHeaders = 100;

/**
 * Limits the server's connections and the headers of a request.
 *
 * @returns answers a request that exceeds a limit and returns true; returns false for all others
 */
export function limitRequests(
  server: Server,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  // Node silently drops headers above its own limit, so it is disabled and the headers are counted here.
  server.maxHeadersCount = 0;
  const connections = new ConnectionLimit(connectionLimits);
  server.on("connection", (socket) => {
    connections.add(socket);
    socket.once("close", () => connections.remove(socket));
  });
  server.on("request", ({ socket }, response) => {
    connections.begin(socket);
    response.once("close", () => connections.end(socket));
  });
  return (request, response) => {
    const refusal = refusalOf(request, connections);
    if (refusal !== undefined) refuse(response, refusal);
    return refusal !== undefined;
  };
}

interface RequestRefusal {
  status: number;
  code: string;
  message: string;
}

function refusalOf(
  { socket, rawHeaders }: IncomingMessage,
  connections: ConnectionLimit,
): RequestRefusal | undefined {
  if (rawHeaders.length / 2 > maxHeaders) {
    const message = `the request has more than ${maxHeaders} headers`;
    return { status: 431, code: "too-many-headers", message };
  }
  if (!connections.isRefused(socket)) return undefined;
  return {
    status: 503,
    code: "too-many-connections",
    message: "too many connections; all are busy",
  };
}

function refuse(response: ServerResponse, { status, code, message }: RequestRefusal): void {
  response.writeHead(status, {
    ...safetyHeaders,
    "content-type": "application/json",
    "cache-control": "no-store",
    connection: "close",
    ...(status === 503 ? { "retry-after": "5" } : {}),
  });
  response.end(JSON.stringify({ error: { code, message } }));
}
