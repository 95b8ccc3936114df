/** `npm run test:faults -- --full`: at least 200 kills in place of a sample. */
export const isFull = (globalThis as { readonly faultsInFull?: boolean }).faultsInFull === true;
