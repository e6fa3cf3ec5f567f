import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { lstat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import { onDisk } from "../../store/disk-error.ts";
import { makeDirectory } from "../../store/make-directory.ts";
import { describeRefusal, readText } from "../../store/open-file.ts";
import { createPrivately } from "../../store/write-atomically.ts";

const tokenBytes = 32;
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;
const maxSessions = 256;

/**
 * Reads the access token of the home, or creates one: 256 random bits in a file that only its owner can read. An empty
 * file, which a full disk can leave, is replaced.
 *
 * @throws UserError `token-file-open`: other users can read the file; `token-file-invalid`; or a disk error
 */
export async function readOrCreateToken(home: string): Promise<{ token: string; path: string }> {
  const path = join(home, "server-token");
  const attempt = { doing: "write the access token", path, chosenBy: "home" } as const;
  return onDisk(attempt, async () => {
    await makeDirectory(home);
    const known = await readToken(path);
    if (known !== undefined) return { token: known, path };
    const token = randomBytes(tokenBytes).toString("base64url");
    if ((await createPrivately(path, `${token}\n`)) === "created") return { token, path };
    // Another server created the file in the meantime.
    return { token: (await readToken(path)) ?? token, path };
  });
}

/** Returns undefined if the file is missing. Deletes an empty file. */
async function readToken(path: string): Promise<string | undefined> {
  const read = await readText(path, { followsLinks: false });
  if (read.kind === "missing") return undefined;
  if (read.kind !== "read") throw invalidToken(path, describeRefusal(read));
  if (read.text === "") {
    await unlink(path);
    return undefined;
  }
  if (((await lstat(path)).mode & 0o077) !== 0) {
    throw new UserError("token-file-open", "other users can read the dashboard's access token", {
      at: path,
      hint: `delete it to generate a new one: \`rm ${path}\``,
    });
  }
  const token = read.text.trim();
  if (tokenPattern.test(token)) return token;
  throw invalidToken(path, "it does not contain a token");
}

function invalidToken(path: string, saw: string): UserError {
  return new UserError("token-file-invalid", "the dashboard's access token is invalid", {
    at: path,
    saw,
    hint: `delete it to generate a new one: \`rm ${path}\``,
  });
}

/** Compares in constant time, for inputs of any length. */
export function isSameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Admits clients that send the token, and browsers that exchanged a link for a session cookie. */
export class Admission {
  readonly #token: string;
  #linkCode = randomBytes(tokenBytes).toString("base64url");
  readonly #sessions: string[] = [];

  constructor(token: string) {
    this.#token = token;
  }

  /** The value of `?token=` in a link that works once. */
  get linkCode(): string {
    return this.#linkCode;
  }

  admits(bearer: string | undefined, session: string | undefined): boolean {
    if (bearer !== undefined && isSameSecret(bearer, this.#token)) return true;
    if (session === undefined) return false;
    // Compares with every session, so that the time does not depend on which one matches.
    return this.#sessions.filter((known) => isSameSecret(session, known)).length > 0;
  }

  /** @returns the session for the cookie; undefined if the code is wrong or already used */
  exchange(code: string): string | undefined {
    if (!isSameSecret(code, this.#linkCode)) return undefined;
    this.#linkCode = randomBytes(tokenBytes).toString("base64url");
    const session = randomBytes(tokenBytes).toString("base64url");
    this.#sessions.push(session);
    if (this.#sessions.length > maxSessions) this.#sessions.shift();
    return session;
  }
}
