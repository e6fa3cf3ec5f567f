import { createServer, type Server } from "node:http";
import { hostname, networkInterfaces } from "node:os";
import { errorCode } from "../foundation/errors/error-code.ts";
import { UserError } from "../foundation/errors/user-error.ts";
import type { Dashboard, DashboardRequest } from "../schema/dashboard/serving.ts";
import { Admission, readOrCreateToken } from "./safety/access-token.ts";
import { limitRequests } from "./safety/limit-requests.ts";

const loopbackNames = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Starts the dashboard's server.
 *
 * @throws UserError `port-in-use`, `port-refused`, `host-unknown`, or an error of the token file
 */
export async function serveDashboard(options: DashboardRequest): Promise<Dashboard> {
  const { home } = options;
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: 5000,
    requestTimeout: 15_000,
    keepAliveTimeout: 5000,
    connectionsCheckingInterval: 1000,
  });
  const isRefused = limitRequests(server);
  const port = await listen(server, options);
  try {
    const isExposed = !isLoopback(options.host);
    const token = isExposed || options.needsToken ? await readOrCreateToken(home) : undefined;
    const admission = token === undefined ? undefined : new Admission(token.token);
    const url = `http://${shownHost(options.host)}:${port}/`;
    const reportLink = (): void => {
      if (admission !== undefined) options.onLink(`${url}?token=${admission.linkCode}`);
    };
    const rules = { allowedHosts: allowedHosts(options, port), admission, onLinkUsed: reportLink };
    // The server listens while the routes load; early requests wait for them.
    const loading = import("./answer-requests.ts").then(({ answerRequests }) =>
      answerRequests(options, rules),
    );
    loading.catch((error: unknown) => options.onBug(error));
    server.on("request", (request, response) => {
      if (isRefused(request, response)) return;
      loading
        .then((answering) => answering.answer(request, response))
        .catch(() => {
          response.statusCode = 500;
          response.end();
        });
    });
    reportLink();
    return { url, tokenPath: token?.path, close: () => close(server, loading) };
  } catch (error) {
    server.close();
    throw error;
  }
}

async function listen(server: Server, { host, port }: DashboardRequest): Promise<number> {
  try {
    return await bind(server, host, port);
  } catch (error) {
    const code = errorCode(error);
    if (code === "EADDRINUSE") {
      const free = await freePortFrom(host, port + 1);
      throw new UserError("port-in-use", `port ${port} is in use`, {
        at: "--port",
        hint:
          free === undefined
            ? "choose another with `--port`"
            : `port ${free} is free: use \`--port ${free}\``,
        cause: error,
      });
    }
    if (code === "EACCES") {
      throw new UserError("port-refused", `permission denied to listen on port ${port}`, {
        at: "--port",
        hint: "ports below 1024 require root; omit `--port` to use the default",
        cause: error,
      });
    }
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EAI_AGAIN") {
      throw new UserError("host-unknown", `\`${host}\` is not an address of this machine`, {
        at: "--host",
        hint: "use 127.0.0.1 for this machine only, or 0.0.0.0 for all network interfaces",
        cause: error,
      });
    }
    throw error;
  }
}

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

async function freePortFrom(host: string, first: number): Promise<number | undefined> {
  for (let port = first; port < Math.min(first + 20, 65_536); port++) {
    const trial = createServer();
    try {
      await bind(trial, host, port);
      return port;
    } catch {
      // This port is also in use; try the next one.
    } finally {
      trial.close();
    }
  }
  return undefined;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** A host name that a browser on this machine can open. */
function shownHost(host: string): string {
  if (host === "0.0.0.0") return hostname();
  if (host === "::") return hostname();
  return host.includes(":") ? `[${host}]` : host;
}

/** The exact `Host` values that the server accepts. Requests with other values may come from DNS rebinding. */
function allowedHosts({ host, allowHosts }: DashboardRequest, port: number): ReadonlySet<string> {
  const listensOnAllInterfaces = host === "0.0.0.0" || host === "::";
  const addresses = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address, family }) => (family === "IPv6" ? `[${address}]` : address)),
  );
  const own = listensOnAllInterfaces ? [...addresses, hostname()] : [shownHost(host)];
  const names = [...(listensOnAllInterfaces || isLoopback(host) ? loopbackNames : []), ...own];
  const given = allowHosts.flatMap((name) =>
    /:\d+$/.test(name) ? [name] : [name, `${name}:${port}`],
  );
  const withPort = names.flatMap((name) =>
    port === 80 ? [name, `${name}:80`] : `${name}:${port}`,
  );
  return new Set([...withPort, ...given].map((name) => name.toLowerCase()));
}

async function close(server: Server, loading: Promise<{ stop(): void }>): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  const answering = await loading;
  answering.stop();
  await closed;
}
