/** Environment variable of a program: the `settings` of its workload file as JSON. */
export const settingsVariable = "PITWALL_SETTINGS";
