import type { MiddlewareHandler } from "hono";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { Admission } from "./access-token.ts";
import { safetyHeaders } from "./safety-headers.ts";

const cookieName = "pitwall_session";
const maxBodyBytes = 64 * 1024;

/** Which clients are admitted, and which host names the server accepts. */
export interface GuardRules {
  /** Exact `Host` header values in lower case: `127.0.0.1:7700`. */
  allowedHosts: ReadonlySet<string>;
  /** Undefined if no token is required, which is the default on loopback. */
  admission: Admission | undefined;
  /** Called when a link was used, so that the next link can be printed. */
  onLinkUsed(): void;
}

/** Adds the security headers to every response, including errors. */
export function withSafetyHeaders(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(safetyHeaders)) context.header(name, value);
    if (context.req.path.startsWith("/api/") && !context.res.headers.has("cache-control"))
      context.header("cache-control", "no-store");
  };
}

/**
 * Accepts a request if its host name is known, it does not come from another site's page, its body is small, and it
 * carries the token if one is required.
 */
export function guard(rules: GuardRules): MiddlewareHandler {
  return async (context, next) => {
    const { req } = context;
    const header = (name: string): string | undefined => req.header(name);
    checkHost(header("host"), rules);
    checkOrigin({ ...requestSource(header), method: req.method, path: req.path }, rules);
    checkBody(header("content-length"), header("transfer-encoding"));
    const { admission } = rules;
    if (admission === undefined) return next();
    if (admission.admits(bearerOf(header("authorization")), cookieOf(header("cookie"))))
      return next();
    const code = req.query("token");
    const isPage = req.method === "GET" && !req.path.startsWith("/api/");
    const session = isPage && code !== undefined ? admission.exchange(code) : undefined;
    if (session === undefined) {
      throw new UserError("token-needed", "this dashboard requires a token", {
        hint: "open the link that `pitwall serve` printed (each link works once), or send `Authorization: Bearer` with the token from the token file",
      });
    }
    rules.onLinkUsed();
    context.header("set-cookie", `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`);
    // Without the code, so that it is not stored in the browser's history.
    return context.redirect(ownPath(req.path), 303);
  };
}

/**
 * A redirect path that stays on this server: browsers treat `//host`, `/\\host` and paths that resolve to one of them
 * as addresses of another host.
 */
export function ownPath(path: string): string {
  const base = "http://this.invalid";
  const target = URL.canParse(path, base) ? new URL(path, base) : undefined;
  if (target?.origin !== base) return "/";
  return `/${target.pathname.replace(/^[/\\]+/, "")}`;
}

function checkHost(host: string | undefined, { allowedHosts }: GuardRules): void {
  if (host !== undefined && allowedHosts.has(host.toLowerCase())) return;
  throw new UserError("foreign-host", "unknown host name for this server", {
    hint: "allow the name with `pitwall serve --allow-host <name>`",
  });
}

interface RequestSource {
  origin: string | undefined;
  fetchSite: string | undefined;
}

function requestSource(header: (name: string) => string | undefined): RequestSource {
  return { origin: header("origin"), fetchSite: header("sec-fetch-site") };
}

/** Browsers send the origin of a request; other programs do not. */
function checkOrigin(
  { origin, fetchSite, method, path }: RequestSource & { method: string; path: string },
  { allowedHosts }: GuardRules,
): void {
  const changes = method !== "GET" && method !== "HEAD";
  const isApi = path.startsWith("/api/");
  const isOwnOrigin = origin === undefined || allowedHosts.has(hostOfOrigin(origin));
  const isOwnSite =
    fetchSite === undefined || fetchSite === "same-origin" || (fetchSite === "none" && !changes);
  const isAllowed = changes || isApi ? isOwnOrigin && isOwnSite : isOwnOrigin;
  if (isAllowed) return;
  throw new UserError("foreign-origin", "cross-origin request refused");
}

/** `http://127.0.0.1:7700` → `127.0.0.1:7700`. Returns the empty string, which is never allowed, for other forms such as `null`. */
function hostOfOrigin(origin: string): string {
  return /^https?:\/\/([^/?#@\s]+)$/.exec(origin.toLowerCase())?.[1] ?? "";
}

/** Bodies are small, and their length is known. */
function checkBody(length: string | undefined, encoding: string | undefined): void {
  if (encoding === undefined && Number(length ?? 0) <= maxBodyBytes) return;
  throw new UserError(
    "body-too-large",
    "the request body is too large, or its length is not stated",
  );
}

function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer ([A-Za-z0-9_-]{1,200})$/i.exec(authorization ?? "")?.[1];
}

function cookieOf(cookies: string | undefined): string | undefined {
  const pairs = (cookies ?? "").split(";").map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1);
}
