/** The name that staged files of the program have in the place of the name of a data set. */
export const stagedCodeName = "code";
