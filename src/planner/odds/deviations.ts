/** Standard deviations from the median to the ends of an 80 % interval of a normal distribution. */
export const deviationsOf80Percent = 1.2816;
