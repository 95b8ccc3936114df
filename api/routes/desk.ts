/** A person's own desk: inbox and drafts. */
import { z } from 'zod';
import type { Deps } from '../../usecases/deps.js';
import { drafts, dropDraft, keepDraft, newDraft } from '../../usecases/drafts.js';
import { inbox, inboxQuery, inboxRead, readInbox } from '../../usecases/inbox.js';
import { id } from '../../usecases/schemas.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { verbatim } from '../present.js';

const tag = '工作台 desk';

export const deskRoutes = (deps: Deps): Endpoint[] => [
  endpoint('get', '/inbox', { tag, summary: '收件：通知、提醒、逾期、请示', query: inboxQuery }, ({ caller, query }) => inbox(deps, caller, query)),
  endpoint('post', '/inbox/read', { tag, summary: '标为已读', body: inboxRead, status: 200 }, ({ caller, body }) => readInbox(deps, caller, body)),
  endpoint('get', '/drafts', { tag, summary: '本人和本单位的草稿' }, async ({ caller }) => ({ drafts: (await drafts(deps, caller)).drafts.map((d) => ({ ...d, content: verbatim(d.content) })) })),
  endpoint('post', '/drafts', { tag, summary: '保存草稿', body: newDraft }, ({ caller, body }) => keepDraft(deps, caller, body)),
  endpoint('delete', '/drafts/{id}', { tag, summary: '删除本人的草稿', params: z.strictObject({ id }) }, ({ caller, params }) => dropDraft(deps, caller, params.id)),
];
