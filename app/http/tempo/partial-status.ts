/** What an answer says that may lack something; nothing where it is whole. */
export const partialStatus = (partial: string | null): object =>
  partial === null ? {} : { status: 'PARTIAL', message: partial };
