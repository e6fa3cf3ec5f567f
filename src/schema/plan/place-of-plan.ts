/** Launch targets that a workload file of a plan can have. */
export const placesOfPlans = ["local", "slurm", "ssh", "mpi", "ray"] as const;
export type PlaceOfPlan = (typeof placesOfPlans)[number];
