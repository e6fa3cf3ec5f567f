import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { lstat, mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../foundation/error-code.ts";
import { UserError } from "../foundation/user-error.ts";

const tokenBytes = 32;
const tokenForm = /^[A-Za-z0-9_-]{43}$/;
const mostSessions = 256;

/**
 * Reads the home's token, or makes one: 256 random bits in a file that only its owner can read.
 *
 * @throws UserError `token-file-open`: others can read the file; `token-file-invalid`
 */
export async function readOrMakeToken(home: string): Promise<{ token: string; path: string }> {
  const path = join(home, "server-token");
  await mkdir(home, { recursive: true });
  const token = randomBytes(tokenBytes).toString("base64url");
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(`${token}\n`).finally(() => file.close());
    return { token, path };
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
  const stat = await lstat(path);
  if (!stat.isFile() || (stat.mode & 0o077) !== 0) {
    throw new UserError("token-file-open", "others may read the dashboard's token", {
      at: path,
      hint: `remove it, and a new one is made: \`rm ${path}\``,
    });
  }
  const kept = (await readFile(path, "utf8")).trim();
  if (tokenForm.test(kept)) return { token: kept, path };
  throw new UserError("token-file-invalid", "the dashboard's token is not one", {
    at: path,
    hint: `remove it, and a new one is made: \`rm ${path}\``,
  });
}

/** Compares in a time that says nothing about the secret, whatever the length. */
export function isSameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Who may come in: holders of the token, and browsers that exchanged a link for a cookie. */
export class Admission {
  readonly #token: string;
  #linkCode = randomBytes(tokenBytes).toString("base64url");
  readonly #sessions: string[] = [];

  constructor(token: string) {
    this.#token = token;
  }

  /** What stands behind `?token=` in a link that works once. */
  get linkCode(): string {
    return this.#linkCode;
  }

  admits(bearer: string | undefined, session: string | undefined): boolean {
    if (bearer !== undefined && isSameSecret(bearer, this.#token)) return true;
    if (session === undefined) return false;
    // No early end: how many there are is no secret, which one it is may be.
    return this.#sessions.filter((known) => isSameSecret(session, known)).length > 0;
  }

  /** @returns a session for a cookie; undefined for a code that is not, or no longer, good */
  exchange(code: string): string | undefined {
    if (!isSameSecret(code, this.#linkCode)) return undefined;
    this.#linkCode = randomBytes(tokenBytes).toString("base64url");
    const session = randomBytes(tokenBytes).toString("base64url");
    this.#sessions.push(session);
    if (this.#sessions.length > mostSessions) this.#sessions.shift();
    return session;
  }
}
