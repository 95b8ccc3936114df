import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../workflows/messages.js';

const { INDEXED_VALUE_TYPE_KEYWORD, INDEXED_VALUE_TYPE_BOOL } = proto.temporal.api.enums.v1.IndexedValueType;

const WANTED = {
  [SEARCH_ATTRIBUTES.area]: INDEXED_VALUE_TYPE_KEYWORD,
  [SEARCH_ATTRIBUTES.level]: INDEXED_VALUE_TYPE_KEYWORD,
  [SEARCH_ATTRIBUTES.phase]: INDEXED_VALUE_TYPE_KEYWORD,
  [SEARCH_ATTRIBUTES.drill]: INDEXED_VALUE_TYPE_BOOL,
};

/** The time-skipping server adds attributes but cannot list them. */
const UNIMPLEMENTED = 12;

/** A server refuses to start a workflow with a search attribute it does not know: adds those that are missing. */
export async function ensureSearchAttributes({ operatorService }: Connection, namespace: string): Promise<void> {
  const known = await operatorService.listSearchAttributes({ namespace }).catch((error: { code?: number }) => {
    if (error.code === UNIMPLEMENTED) return { customAttributes: {} };
    throw error;
  });
  const missing = Object.entries(WANTED).filter(([name]) => !(name in known.customAttributes));
  if (missing.length > 0) await operatorService.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(missing) });
}
