#!/usr/bin/env node
import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// Node 22 and later keep compiled code between starts; NODE_DISABLE_COMPILE_CACHE turns that off. The
// folder is the user's own: anyone may write to Node's default, below /tmp.
const enableCompileCache: unknown = Reflect.get(module, "enableCompileCache");
if (typeof enableCompileCache === "function" && process.env["NODE_COMPILE_CACHE"] === undefined) {
  const caches = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  enableCompileCache(join(caches, "pitwall", "compiled"));
}

const { runProgram } = await import("./program.ts");
await runProgram(fileURLToPath(import.meta.url));
