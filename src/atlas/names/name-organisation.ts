/** Organizations whose folder has another spelling in some rounds, by the folder's name in lower case. */
const spellings: Readonly<Record<string, string>> = {
  google: "Google",
  intel: "Intel",
  krai: "Krai",
  nettrix: "Nettrix",
  nvidia: "NVIDIA",
  // Round 4.0: one company, with the same runs and power measured before or after the power supplies.
  "smc-ac-power": "smc",
  "smc-dc-power": "smc",
  supermicro: "Supermicro",
  tacc: "TACC",
};

/** The organization of a submitter's folder: one name for all its spellings. */
export function nameOrganisation(folder: string): string {
  return spellings[folder.toLowerCase()] ?? folder;
}
