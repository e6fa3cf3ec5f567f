import { layOutTable } from "../../foundation/tables/text-table.ts";
import { formatBytes } from "../../foundation/numbers/units.ts";
import type { BundlePreview } from "../../schema/documents/diagnosis-documents.ts";
import type { Paint } from "../paint.ts";
import { countOf } from "../wording.ts";

const columns = [
  { head: "file", align: "left" },
  { head: "size", align: "right" },
  { head: "replaced", align: "left" },
] as const;

/** What an archive of a run holds or would hold. */
export function bundleText(
  { file, isWritten, files, leftOut }: BundlePreview,
  { target, redactsHosts }: { target: string; redactsHosts: boolean },
  paint: Paint,
): string {
  const secrets = files.reduce((sum, each) => sum + each.secrets, 0);
  const hosts = files.reduce((sum, each) => sum + each.hosts, 0);
  const rows = files.map((each) => [each.name, formatBytes(each.bytes), noteOf(each)]);
  const replaced = redactsHosts
    ? `${countOf(secrets, "secret")} and ${countOf(hosts, "host name")} replaced`
    : `${countOf(secrets, "secret")} replaced; host names are kept, \`--redact-hosts\` replaces them`;
  const flags = redactsHosts ? " --redact-hosts" : "";
  return [
    isWritten ? paint.good(`wrote ${file}`) : paint.strong(`${file} would hold`),
    "",
    ...layOutTable(columns, rows).map((line) => `  ${line}`),
    ...leftOut.map(({ name, reason }) => paint.faint(`  without ${name}: ${reason}`)),
    "",
    replaced,
    "the usual forms of passwords, keys and tokens are found; look at the files before you send them",
    ...(isWritten
      ? []
      : ["", `next: pitwall doctor ${target} --bundle ${file}${flags} --yes   writes it`]),
  ].join("\n");
}

function noteOf({ secrets, hosts, cutBytes }: BundlePreview["files"][number]): string {
  return [
    ...(secrets === 0 ? [] : [countOf(secrets, "secret")]),
    ...(hosts === 0 ? [] : [countOf(hosts, "host name")]),
    ...(cutBytes === 0 ? [] : [`${formatBytes(cutBytes)} in the middle left out`]),
  ].join(", ");
}
