/** A file that only hands on what another exports, as the bundler writes one for each dynamic import into a merged chunk. */
const facade = /^export\{([^}]+)\}from"(\.\/[^"]+)";?\s*$/u;

/**
 * A plugin that makes dynamic imports name the chunk itself: each file costs a start about a
 * millisecond, and `pitwall run` would load twelve that hold one line.
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

/** `t as name,u as other`, of an export, as the properties of an object. */
function objectOf(names) {
  return names
    .split(",")
    .map((part) => {
      const [from, to = from] = part.trim().split(" as ");
      return `${to}:chunk.${from}`;
    })
    .join(",");
}
