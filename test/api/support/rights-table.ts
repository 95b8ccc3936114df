/**
 * Who may ask for what, in one table: every operation of the contract, every
 * role, in one's own area and in another. A letter of `TMDCUPZASI` stands
 * where the role may, a dot where it may not; `elsewhere` is the same for what
 * belongs to no area, nobody for what does.
 */
import { addDays, dayOf } from '../../../domain/time.js';
import { forecast, iso, START_MS } from '../../support/api.js';

export const ROLES = ['technical', 'management', 'director', 'commander', 'unit', 'prefecture', 'zone', 'auditor', 'administrator', 'integration'] as const;
export const LETTERS = 'TMDCUPZASI';

/** Somebody of each role, with that hat alone. */
export const LOGINS: Readonly<Record<(typeof ROLES)[number], string>> = {
  technical: 'technical',
  management: 'management',
  director: 'deputy',
  commander: 'commander',
  unit: 'unit-health',
  prefecture: 'prefecture',
  zone: 'zone',
  auditor: 'auditor',
  administrator: 'administrator',
  integration: 'integration',
};

/** Where a row is tried. */
export interface Place {
  readonly areaId: string;
  readonly episodeId: string;
  /** Of the forecast that the episode began with. */
  readonly digest: string;
}

export interface Asked {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  /** Where a sample of the schema would not do. */
  readonly body?: unknown;
}

export interface Row {
  readonly operation: string;
  /** Told apart from other rows of the same operation. */
  readonly as: string;
  readonly here: string;
  readonly elsewhere: string;
  readonly asked: (place: Place, login: string) => Asked;
}

const EVERYBODY = LETTERS;
const NOBODY = '..........';
const PUBLIC = 'public';
const nothing = () => ({});

const ofArea = (operation: string, here: string, asked: Row['asked'] = nothing, as = ''): Row => ({ operation, as, here, elsewhere: NOBODY, asked });
const ofAll = (operation: string, here: string, asked: Row['asked'] = nothing, as = ''): Row => ({ operation, as, here, elsewhere: here, asked });

const text = { zh: '文', en: 'text' };
const AT = iso(START_MS);
const request = { params: { requestId: 'R9' } };
const body = (of: unknown): Row['asked'] => () => ({ body: of });
const report = (obligationId: string, more: object) => body({ obligationId, ...more });
const delegation = (hatId: string) => ({ hatId, toAccountId: 'demo-management2', basis: '书面', until: iso(START_MS + 10 * 3_600_000) });

export const TABLE: readonly Row[] = [
  ofAll('POST /sign-in', PUBLIC),
  ofAll('POST /sign-out', PUBLIC),
  ofAll('GET /me', EVERYBODY),
  ofAll('GET /me/credentials', EVERYBODY),
  ofAll('POST /me/password', EVERYBODY),
  ofAll('POST /tokens', EVERYBODY),
  ofAll('DELETE /tokens/{id}', EVERYBODY),
  ofAll('DELETE /sessions/{id}', EVERYBODY),
  ofAll('GET /accounts', '........S.'),
  ofAll('POST /accounts', '........S.', body({ login: 'zz', name: 'x', password: 'a long password' })),
  ofAll('DELETE /accounts/{id}', '........S.'),
  ofAll('POST /accounts/{id}/password', '........S.'),
  ofAll('POST /accounts/{id}/hats', '........S.'),
  ofAll('DELETE /hats/{id}', '........S.'),
  ofAll('GET /delegations', EVERYBODY),
  ofAll('POST /delegations', 'TMDCU...S.', (_, login) => ({ body: delegation(`demo-${login}.1`) }), 'one’s own hat'),
  ofAll('POST /delegations', '........S.', body(delegation('demo-deputy2.1')), 'another’s hat'),
  ofAll('DELETE /delegations/{id}', EVERYBODY),

  ofAll('GET /areas', EVERYBODY),
  ofArea('GET /areas/{areaId}', EVERYBODY),
  ofArea('GET /areas/{areaId}/plan', EVERYBODY),
  ofArea('GET /areas/{areaId}/obligations', EVERYBODY),
  ofArea('POST /areas/{areaId}/forecasts', 'T.........', body(forecast(START_MS, [230, 230, 230, 80, 70, 60]))),
  ofArea('POST /areas/{areaId}/observations', 'T........I', body({ days: [{ date: addDays(dayOf(START_MS), -1), aqi: 80 }] })),
  ofArea('POST /areas/{areaId}/dust-flags', 'T.........', body({ spans: [], reason: 'x' })),
  ofArea('GET /areas/{areaId}/orders', EVERYBODY),
  ofArea('POST /areas/{areaId}/orders', '.M........', body({ issuer: 'region', kind: 'start', level: 'yellow', namesCity: false, scope: text, transmission: { channel: 'fax', at: AT, from: '自治区' } })),
  ofArea('POST /areas/{areaId}/orders/{orderId}/transmissions', '.M........'),
  ofArea('POST /areas/{areaId}/orders/{orderId}/check', '.MD.......'),
  ofArea('POST /areas/{areaId}/drills', '.M........'),

  ofArea('GET /episodes', EVERYBODY, ({ areaId }) => ({ query: `?area=${areaId}` })),
  ofArea('GET /episodes/{episodeId}', EVERYBODY),
  ofArea('GET /episodes/{episodeId}/events', EVERYBODY),
  ofArea('GET /episodes/{episodeId}/obligations', EVERYBODY),
  ofArea('GET /episodes/{episodeId}/submissions', EVERYBODY),
  ofArea('GET /episodes/{episodeId}/approvals', EVERYBODY),
  ofArea('GET /episodes/{episodeId}/notices', EVERYBODY),
  ofArea('GET /episodes/{episodeId}/measures', EVERYBODY),
  ofArea('GET /episodes/{episodeId}/state', '.MDC...A..', () => ({ query: '?at=1' })),
  ofArea('GET /episodes/{episodeId}/evidence', '.MDC...A..'),
  ofArea('GET /episodes/{episodeId}/what-if', '.MDC...A..'),
  ofArea('GET /areas/{areaId}/statistics', EVERYBODY),
  ofArea('GET /areas/{areaId}/statistics/{table}', EVERYBODY, () => ({ params: { table: 'approvals' }, query: '?format=csv' })),
  ofArea('GET /areas/{areaId}/head', EVERYBODY),
  ofArea('GET /areas/{areaId}/head/file', EVERYBODY),
  ofArea('GET /episodes/{episodeId}/history', '.MDC...A..'),
  ofArea('GET /episodes/{episodeId}/history/replay', '.MDC...AS.'),
  ofArea('GET /episodes/{episodeId}/history/replays', '.MDC...AS.'),
  ofArea('GET /areas/{areaId}/accesses', '.MDC...A..'),
  ofArea('GET /areas/{areaId}/history-replays', '.MDC...A..'),

  ofArea('POST /episodes/{episodeId}/consultations', 'T.........', body({ advice: 'keep', text: 'x' })),
  ofArea('POST /episodes/{episodeId}/proposals', '.M........', body({ action: 'raise', level: 'red', text: 'x' })),
  ofArea('POST /episodes/{episodeId}/approvals/{requestId}/decision', '..DC......', () => request),
  ofArea('POST /episodes/{episodeId}/approvals/{requestId}/countersignature', '..DC......', () => request),
  ofArea('POST /episodes/{episodeId}/approvals/{requestId}/withdrawal', '.M........', () => request),
  ofArea('POST /episodes/{episodeId}/adjustments', '..DC......', body({ responseLevel: 'yellow', reason: 'x' }), 'the response’s level'),
  ofArea('POST /episodes/{episodeId}/adjustments', '.M........', body({ action: 'raise', level: 'red', text: 'x' }), 'the warning’s level'),
  ofArea('POST /episodes/{episodeId}/lift', '.M........'),
  ofArea('POST /episodes/{episodeId}/lift/postponement', '.M........'),
  ofArea('POST /episodes/{episodeId}/lift/rescission', '.M........'),
  ofArea('POST /episodes/{episodeId}/dust-flags', 'T.........', body({ spans: [], reason: 'x' })),
  ofArea('POST /episodes/{episodeId}/measures', '.MDC......', body({ kind: 'exempt', measureId: 'y-health-schools', scope: text, basis: 'x' })),
  ofArea('POST /episodes/{episodeId}/corrections', '.M........'),
  ofArea('POST /episodes/{episodeId}/tasks', '.MDC......'),
  ofArea('POST /episodes/{episodeId}/tasks/{taskId}/closure', '.MDC......', () => ({ params: { taskId: 'T9' } })),
  ofArea('POST /episodes/{episodeId}/not-applicable', 'TM........'),
  ofArea('POST /episodes/{episodeId}/withdrawal', '.M........'),
  ofArea('POST /episodes/{episodeId}/evaluation', '.M........', body({ summary: 'x' })),

  ofArea('POST /episodes/{episodeId}/acknowledgements', '....U.....', body({ noticeId: 'N1', unitId: 'health' })),
  ofArea('POST /episodes/{episodeId}/reports', '....U.....', report('startup-report:N1:health', { nil: true, note: 'x' }), 'a unit’s own'),
  ofArea('POST /episodes/{episodeId}/reports', NOBODY, report('startup-report:N1:education', { nil: true, note: 'x' }), 'another unit’s'),
  ofArea('POST /episodes/{episodeId}/reports', '.M........', report('zone-notice:N1:management', { text: 'x' }), 'the office’s'),
  ofArea('POST /episodes/{episodeId}/reports', 'T.........', report('consultation-advice:C1:technical', { text: 'x' }), 'the technical group’s'),
  ofArea('POST /episodes/{episodeId}/bulletins', '.M........', body({ day: dayOf(START_MS), text: 'x' })),
  ofArea('POST /episodes/{episodeId}/publications', '.M........', body({ noticeId: 'N1', url: 'https://example.org/', publishedAt: AT })),
  ofArea('POST /episodes/{episodeId}/tasks/{taskId}/feedback', '....U.....', () => ({ params: { taskId: 'T1' } }), 'a unit’s'),
  ofArea('POST /episodes/{episodeId}/tasks/{taskId}/feedback', 'T.........', () => ({ params: { taskId: 'T2' } }), 'the technical group’s'),
  ofArea('POST /notices/{id}/receipts', '..DCUPZ...', ({ episodeId }) => ({ params: { id: `${episodeId}.N1` } })),

  ofAll('GET /inbox', EVERYBODY),
  ofAll('POST /inbox/read', EVERYBODY),
  ofAll('GET /drafts', EVERYBODY),
  ofAll('POST /drafts', 'TMDCUPZ.S.'),
  ofAll('POST /drafts', '....U.....', body({ kind: 'report', ref: 'x', unitId: 'health', content: {} }), 'a unit’s'),
  ofAll('DELETE /drafts/{id}', EVERYBODY),
  ofAll('POST /documents', 'TMDCUPZ.S.', () => ({ query: '?title=x', body: 'bytes' })),
  ofArea('GET /documents/{digest}', EVERYBODY),
  // An engine history, for those who read the record alone, is in documents.test.ts.
  // What each hears of is told apart in stream.test.ts.
  ofAll('GET /stream', EVERYBODY),
];

export const isPublic = (row: Row) => row.here === PUBLIC;
