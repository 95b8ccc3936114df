/** What a workflow is found by in Temporal's own UI; a development server learns them only at its start. */
export const QINGKONG_SEARCH_ATTRIBUTES = {
  QkArea: 'Keyword',
  QkLevel: 'Keyword',
  QkPhase: 'Keyword',
  QkDrill: 'Bool',
} as const;
