/** A file that only re-exports another; the bundler writes one for each dynamic import into a merged chunk. */
const facade = /^export\{([^}]+)\}from"(\.\/[^"]+)";?\s*$/u;

/**
 * A plugin that makes dynamic imports refer to the chunk directly: each file adds about a
 * millisecond to start-up, and `pitwall run` would load twelve single-line files.
 */
export function importWithoutFacades() {
  return {
    name: "import-without-facades",
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      for (const { fileName, code, isEntry } of chunks) {
        const [, names, target] = facade.exec(code) ?? [];
        if (names === undefined || isEntry) continue;
        const picked = `import(\`${target}\`).then(chunk=>({${objectOf(names)}}))`;
        for (const other of chunks) {
          other.code = other.code.replaceAll(`import(\`./${fileName}\`)`, picked);
        }
        const isUsed = chunks.some(
          (other) => other.fileName !== fileName && other.code.includes(`/${fileName}`),
        );
        if (!isUsed) delete bundle[fileName];
      }
    },
  };
}

/** Converts `t as name,u as other` of an export to properties of an object. */
function objectOf(names) {
  return names
    .split(",")
    .map((part) => {
      const [from, to = from] = part.trim().split(" as ");
      return `${to}:chunk.${from}`;
    })
    .join(",");
}
