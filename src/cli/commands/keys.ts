import { resolve } from "node:path";
import { layOutTable } from "../../foundation/tables/text-table.ts";
import { defineCommand, exitCodes, type Call, type ExitCode } from "../command-table.ts";

const noOptions = {};
const nameArgument = { name: "name", help: "letters, digits, `_` and `-`" };

export const keysCommand = defineCommand({
  name: "keys",
  summary: "List the keys that sign and verify records",
  usage: "",
  arguments: [],
  argumentCount: { minimum: 0, maximum: 0 },
  takesProgram: false,
  examples: [
    { command: "pitwall keys", does: "your own and trusted keys, with their fingerprints" },
  ],
  options: noOptions,
  exits: [{ code: 0, when: "always, also for none" }],
  async act(call) {
    const { keysDirectory, readKnownKeys } = await import("../../store/keys/key-store.ts");
    const { face, shared } = call;
    const keys = await readKnownKeys(face.env);
    const directory = keysDirectory(face.env);
    if (shared.json) return printJson(call, "keys", { directory, keys });
    if (keys.length > 0) {
      const rows = keys.map(({ name, origin, fingerprint }) => [name, origin, fingerprint]);
      const heads = ["name", "origin", "fingerprint"].map((head) => ({
        head,
        align: "left" as const,
      }));
      face.out.write(`${layOutTable(heads, rows).join("\n")}\n`);
    } else if (!shared.quiet) {
      const next = face.err.paint.name("pitwall keys create");
      face.err.write(`no keys in ${face.err.paint.name(directory)}\n\nnext: ${next}\n`);
    }
    return exitCodes.yes;
  },
});

export const keysCreateCommand = defineCommand({
  name: "keys create",
  summary: "Generate an Ed25519 key pair to sign records with",
  usage: "[name]",
  arguments: [{ ...nameArgument, help: `${nameArgument.help}; default: \`default\`` }],
  argumentCount: { minimum: 0, maximum: 1 },
  takesProgram: false,
  examples: [
    { command: "pitwall keys create", does: "a key for `pitwall run --sign`" },
    {
      command: "pitwall keys export default > alice.pem",
      does: "its public key, for those who verify",
    },
  ],
  options: noOptions,
  exits: [{ code: 0, when: "the key was written" }],
  async act(call) {
    const { createKey, keysDirectory } = await import("../../store/keys/key-store.ts");
    const { face, shared } = call;
    const key = await createKey(face.env, call.arguments[0] ?? "default");
    const directory = keysDirectory(face.env);
    if (shared.json) return printJson(call, "keys create", { directory, key });
    face.out.write(`${key.name}   ${key.fingerprint}\n`);
    if (!shared.quiet) face.err.write(`the private key is in ${directory}; only you can read it\n`);
    return exitCodes.yes;
  },
});

export const keysExportCommand = defineCommand({
  name: "keys export",
  summary: "Print a public key in PEM, for others to trust",
  usage: "<name>",
  arguments: [nameArgument],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [{ command: "pitwall keys export default > alice.pem", does: "a file to hand out" }],
  options: noOptions,
  exits: [{ code: 0, when: "the key was printed" }],
  async act(call) {
    const { keyMissing, readKnownKeys } = await import("../../store/keys/key-store.ts");
    const [name = ""] = call.arguments;
    const keys = await readKnownKeys(call.face.env);
    const key = keys.find((each) => each.name === name);
    if (key === undefined)
      throw keyMissing(
        name,
        keys.map((each) => each.name),
      );
    if (call.shared.json) return printJson(call, "keys export", { key });
    call.face.out.write(key.publicKey);
    return exitCodes.yes;
  },
});

export const keysTrustCommand = defineCommand({
  name: "keys trust",
  summary: "Trust a public key, so that `verify` names its owner",
  usage: "<file> <name>",
  arguments: [
    { name: "file", help: "a public key as `pitwall keys export` prints it" },
    nameArgument,
  ],
  argumentCount: { minimum: 2, maximum: 2 },
  takesProgram: false,
  examples: [
    { command: "pitwall keys trust alice.pem alice", does: "records signed by Alice are named so" },
  ],
  options: noOptions,
  exits: [{ code: 0, when: "the key was added" }],
  async act(call) {
    const { readPublicKeyFile, trustKey } = await import("../../store/keys/key-store.ts");
    const [file = "", name = ""] = call.arguments;
    const pem = await readPublicKeyFile(resolve(call.face.cwd, file));
    const key = await trustKey(call.face.env, name, pem);
    if (call.shared.json) return printJson(call, "keys trust", { key });
    call.face.out.write(`${key.name}   ${key.fingerprint}\n`);
    return exitCodes.yes;
  },
});

function printJson({ face }: Pick<Call, "face">, command: string, result: unknown): ExitCode {
  face.out.write(`${JSON.stringify({ schemaVersion: 1, command, ok: true, result })}\n`);
  return exitCodes.yes;
}
