import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { onDisk } from "../disk-error.ts";
import {
  describeRefusal,
  listDirectory,
  openFile,
  readText,
  unreadableFile,
} from "../open-file.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A public key that the user knows: the user's own, or a trusted one. */
export interface KnownKey {
  name: string;
  origin: "own" | "trusted";
  /** `SHA256:` and the digest of the key's SubjectPublicKeyInfo, in base64url. */
  fingerprint: string;
  /** PEM. */
  publicKey: string;
}

/** A public key has approximately one hundred bytes. */
const maximumKeyBytes = 10_000;

/** A private key for signing records. */
export interface SigningKey {
  name: string;
  privateKey: KeyObject;
}

const privateSuffix = ".private.pem";
const ownSuffix = ".public.pem";
const trustedSuffix = ".trusted.pem";

/**
 * `$PITWALL_KEYS`, or else `pitwall/keys` in `$XDG_CONFIG_HOME` or `~/.config`. Not in the home, which is often inside
 * a checkout.
 */
export function keysDirectory(env: Environment): string {
  if (env["PITWALL_KEYS"]) return env["PITWALL_KEYS"];
  const config = env["XDG_CONFIG_HOME"] || join(env["HOME"] || homedir(), ".config");
  return join(config, "pitwall", "keys");
}

/**
 * Generates an Ed25519 key pair. Only the user can read the private key.
 *
 * @throws UserError `key-name-invalid`, `key-exists`
 */
export async function createKey(env: Environment, name: string): Promise<KnownKey> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const publicPem = pemOf(publicKey);
  const privatePem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  await requireFreeName(env, name);
  await writeNew(env, `${name}${privateSuffix}`, privatePem, 0o600);
  await writeNew(env, `${name}${ownSuffix}`, publicPem, 0o644);
  return { name, origin: "own", fingerprint: fingerprintOf(publicKey), publicKey: publicPem };
}

/**
 * Trusts another user's public key: signatures by it are then reported under this name.
 *
 * @param pem in the form that `pitwall keys export` prints
 * @throws UserError `key-name-invalid`, `key-exists`, `key-invalid`
 */
export async function trustKey(env: Environment, name: string, pem: string): Promise<KnownKey> {
  const publicKey = parsePublicKey(pem, name);
  const known = (await readKnownKeys(env)).find(
    ({ fingerprint }) => fingerprint === fingerprintOf(publicKey),
  );
  if (known !== undefined) throw keyExists(known.name, "this key is already known under that name");
  await requireFreeName(env, name);
  const publicPem = pemOf(publicKey);
  await writeNew(env, `${name}${trustedSuffix}`, publicPem, 0o644);
  return { name, origin: "trusted", fingerprint: fingerprintOf(publicKey), publicKey: publicPem };
}

/** The user's own and trusted keys, by name. */
export async function readKnownKeys(env: Environment): Promise<KnownKey[]> {
  const directory = keysDirectory(env);
  const keys: KnownKey[] = [];
  for (const file of (await namesIn(directory)).toSorted()) {
    const found = [
      { suffix: ownSuffix, origin: "own" as const },
      { suffix: trustedSuffix, origin: "trusted" as const },
    ].find(({ suffix }) => file.endsWith(suffix));
    if (found === undefined) continue;
    const name = file.slice(0, -found.suffix.length);
    const key = parsePublicKey(await readKeyFile(directory, file), join(directory, file));
    keys.push({
      name,
      origin: found.origin,
      fingerprint: fingerprintOf(key),
      publicKey: pemOf(key),
    });
  }
  return keys;
}

/**
 * The private key for signing.
 *
 * @param name undefined: the only existing key
 * @throws UserError `key-missing`, `key-ambiguous`, `key-invalid`
 */
export async function readSigningKey(
  env: Environment,
  name: string | undefined,
): Promise<SigningKey> {
  const directory = keysDirectory(env);
  const names = (await namesIn(directory))
    .filter((file) => file.endsWith(privateSuffix))
    .map((file) => file.slice(0, -privateSuffix.length));
  const [only] = names;
  if (name === undefined && names.length > 1) {
    throw new UserError("key-ambiguous", "there are several keys to sign with", {
      saw: names.join(", "),
      hint: `choose one: \`--sign-key ${only ?? ""}\``,
    });
  }
  const chosen = name ?? only;
  if (chosen === undefined || !names.includes(chosen)) throw keyMissing(chosen, names);
  const path = join(directory, `${chosen}${privateSuffix}`);
  const pem = await readKeyFile(directory, `${chosen}${privateSuffix}`);
  try {
    const privateKey = createPrivateKey(pem);
    if (privateKey.asymmetricKeyType === "ed25519") return { name: chosen, privateKey };
  } catch (error) {
    throw keyInvalid(path, error);
  }
  throw keyInvalid(path, undefined);
}

/** @throws UserError `key-file-unreadable` */
export async function readPublicKeyFile(path: string): Promise<string> {
  const opened = await openFile(path, { followsLinks: true });
  if (opened.kind !== "opened") throw unreadableKeyFile(path, describeRefusal(opened));
  try {
    if (opened.status.size <= maximumKeyBytes) return await opened.file.readFile("utf8");
  } finally {
    await opened.file.close();
  }
  throw unreadableKeyFile(path, `${opened.status.size} bytes: a public key is much smaller`);
}

function unreadableKeyFile(path: string, saw: string): UserError {
  return new UserError("key-file-unreadable", "the public key cannot be read", {
    at: path,
    saw,
    hint: "`pitwall keys export <name> > key.pem` writes one",
  });
}

/** `SHA256:` and the digest of a public key, in base64url. */
export function fingerprintOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: "spki", format: "der" });
  return `SHA256:${createHash("sha256").update(der).digest("base64url")}`;
}

export function keyMissing(name: string | undefined, names: readonly string[]): UserError {
  const message =
    name === undefined ? "there is no key to sign with" : `there is no key \`${name}\``;
  const nearest = name === undefined ? undefined : nearestWord(name, names);
  return new UserError("key-missing", message, {
    hint:
      nearest === undefined
        ? "generate one: `pitwall keys create`; `pitwall keys` lists the existing keys"
        : `did you mean \`${nearest}\`?`,
  });
}

async function requireFreeName(env: Environment, name: string): Promise<void> {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/u.test(name)) {
    throw new UserError("key-name-invalid", `\`${name.slice(0, 80)}\` cannot name a key`, {
      hint: "use letters, digits, `_` and `-`, at most 64, beginning with a letter or digit",
    });
  }
  const known = await readKnownKeys(env);
  if (known.some((key) => key.name === name)) throw keyExists(name, "keys are never overwritten");
}

function keyExists(name: string, saw: string): UserError {
  return new UserError("key-exists", `a key \`${name}\` already exists`, {
    saw,
    hint: "choose another name; `pitwall keys` lists the existing keys",
  });
}

function parsePublicKey(pem: string, at: string): KeyObject {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch (error) {
    throw keyInvalid(at, error);
  }
  throw keyInvalid(at, undefined);
}

function keyInvalid(at: string, cause: unknown): UserError {
  return new UserError("key-invalid", "this is not an Ed25519 key in PEM format", {
    at,
    hint: "`pitwall keys export <name>` prints a public key in the expected form",
    cause,
  });
}

function pemOf(publicKey: KeyObject): string {
  return publicKey.export({ type: "spki", format: "pem" }).toString();
}

async function writeNew(env: Environment, file: string, text: string, mode: number): Promise<void> {
  const directory = keysDirectory(env);
  const path = join(directory, file);
  await onDisk({ doing: "write the key", path }, async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(path, text, { mode, flag: "wx" });
  });
}

async function readKeyFile(directory: string, file: string): Promise<string> {
  const path = join(directory, file);
  const read = await readText(path, { followsLinks: true });
  if (read.kind === "read") return read.text;
  throw unreadableFile(path, read);
}

async function namesIn(directory: string): Promise<string[]> {
  const listed = await listDirectory(directory);
  if (listed.kind === "missing") return [];
  if (listed.kind === "listed") return listed.entries.map(({ name }) => name);
  throw unreadableFile(directory, listed);
}
