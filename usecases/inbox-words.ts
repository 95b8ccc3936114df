/** What an item of the inbox asks of its reader, in words; its row holds the facts alone. */
import type { ChainedAction, LevelId, Plan } from '../domain/plan.js';
import type { EpisodeState, MeasureChange } from '../domain/episode/state.js';
import type { Issuer, SuperiorOrder } from '../domain/order.js';
import type { SettledGroup } from '../domain/episode/events.js';
import type { Text } from '../domain/text.js';
import type { InboxRow } from '../db/read/inbox.js';
import { ACTION_NAMES } from './names.js';

/** As `db/projections/inbox.ts` writes them. */
interface Body {
  readonly action?: ChainedAction;
  readonly level?: LevelId | null;
  readonly part?: Text;
  readonly decision?: 'approve' | 'return' | 'refuse';
  readonly content?: Text;
  readonly count?: number;
  readonly moment?: SettledGroup['moment'];
  readonly open?: readonly string[];
  readonly responseLevel?: LevelId;
  readonly order?: { readonly issuer: Issuer; readonly kind: SuperiorOrder['kind']; readonly level: LevelId | null };
  readonly measureId?: string;
  readonly text?: Text | null;
  readonly kind?: MeasureChange['kind'];
  readonly scope?: Text;
}

export function wordsOf(plan: Plan, state: EpisodeState, { kind, ref, recipient, body }: Pick<InboxRow, 'kind' | 'ref' | 'recipient' | 'body'>): Text {
  const facts = body as Body;
  switch (kind) {
    case 'notice':
      return ofNotice(plan, state, ref, recipient.startsWith('unit:'));
    case 'prompt':
      return { zh: '请组织会商研判，形成结论', en: 'Hold a consultation and record its conclusion' };
    case 'request':
      return ofRequest(plan, facts);
    case 'escalation':
      return { zh: `请示${ref}尚未答复（第${facts.count ?? 1}次提醒），请催办或电话请示`, en: `Request ${ref} has not been answered (reminder ${facts.count ?? 1}): urge it, or ask by phone` };
    case 'change':
      return ofChange(plan, facts);
    case 'reminder':
    case 'overdue':
      return ofDuty(plan, ref, facts);
  }
}

function ofNotice(plan: Plan, state: EpisodeState, noticeId: string, isUnit: boolean): Text {
  const notice = state.notices.find((n) => n.id === noticeId);
  const what = notice ? named(plan, notice.action, notice.level, notice.part) : { zh: '', en: '' };
  return {
    zh: `${what.zh}通知${noticeId}：请${isUnit ? '签收，并按本单位职责落实措施' : '确认收悉'}`,
    en: `${what.en}, notice ${noticeId}: ${isUnit ? 'acknowledge it and carry out your unit’s measures' : 'confirm its receipt'}`,
  };
}

function ofRequest(plan: Plan, { action, level = null, part, decision, content }: Body): Text {
  if (content) return { zh: `交办任务：${content.zh}`, en: `Task: ${content.en}` };
  if (action) {
    const what = named(plan, action, level, part);
    return { zh: `请审批：${what.zh}`, en: `For your decision: ${what.en}` };
  }
  switch (decision) {
    case 'return':
      return { zh: '请示被退回，请修改后重新呈报', en: 'The request was returned: revise it and submit it again' };
    case 'refuse':
      return { zh: '请示未获同意', en: 'The request was refused' };
    default:
      return { zh: '请示已获批准', en: 'The request was approved' };
  }
}

function ofDuty(plan: Plan, ref: string, { moment, open }: Body): Text {
  const [kind, of] = ref.split(':');
  const title = plan.obligations.find((o) => o.kind === kind)?.title ?? { zh: kind ?? ref, en: kind ?? ref };
  const about = of === undefined ? { zh: title.zh, en: title.en } : { zh: `${title.zh}（${of}）`, en: `${title.en} (${of})` };
  const when = WHEN[moment ?? 'reminder'];
  if (open) return { zh: `${about.zh}：${open.length}家未报，${when.zh}，请催办`, en: `${about.en}: ${open.length} not in, ${when.en}; urge them` };
  return { zh: `请报送${about.zh}：${when.zh}`, en: `Submit ${about.en}: ${when.en}` };
}

function ofChange(plan: Plan, { responseLevel, order, measureId, text, kind = 'add', scope }: Body): Text {
  if (order) {
    const { zh, en } = ORDERS[order.kind];
    const level = levelName(plan, order.level);
    const by = ISSUERS[order.issuer];
    return { zh: `收到${by.zh}命令：${zh}${level.zh}，不待本市审批即生效`, en: `Order of the ${by.en} received: ${en}${level.en && ` ${level.en}`}; it binds without the city’s approval` };
  }
  if (responseLevel !== undefined) {
    const level = levelName(plan, responseLevel);
    return { zh: `应急响应调整为${level.zh}级，请按新的级别落实措施`, en: `The response is now at ${level.en}: carry out the measures of that level` };
  }
  const { zh, en } = CHANGES[kind];
  const what = { zh: text?.zh ?? measureId ?? '', en: text?.en ?? measureId ?? '' };
  return { zh: `措施${zh}（${scope?.zh ?? ''}）：${what.zh}`, en: `Measure ${en} (${scope?.en ?? ''}): ${what.en}` };
}

function levelName(plan: Plan, level: LevelId | null): Text {
  return plan.levels.find((l) => l.id === level)?.name ?? { zh: '', en: '' };
}

const ISSUERS: Readonly<Record<Issuer, Text>> = { region: { zh: '自治区', en: 'region' }, prefecture: { zh: '自治州', en: 'prefecture' } };
const ORDERS: Readonly<Record<SuperiorOrder['kind'], Text>> = {
  start: { zh: '启动', en: 'start' },
  raise: { zh: '升级', en: 'raise to' },
  lower: { zh: '降级', en: 'lower to' },
  lift: { zh: '解除', en: 'lift' },
};
const CHANGES: Readonly<Record<MeasureChange['kind'], Text>> = {
  add: { zh: '增加', en: 'added' },
  suspend: { zh: '暂停', en: 'suspended' },
  exempt: { zh: '豁免', en: 'exempted' },
  restore: { zh: '恢复', en: 'restored' },
};

const WHEN: Readonly<Record<SettledGroup['moment'], Text>> = {
  reminder: { zh: '即将到期', en: 'soon due' },
  target: { zh: '已到内部要求时限', en: 'the office’s target has passed' },
  due: { zh: '已逾期', en: 'overdue' },
  close: { zh: '事件已结束', en: 'the episode is closed' },
};

/** The action, with its level and the part of the area where it has them. */
function named(plan: Plan, action: keyof typeof ACTION_NAMES, level: LevelId | null, part?: Text): Text {
  const { zh, en } = ACTION_NAMES[action];
  const of = [plan.levels.find((l) => l.id === level)?.name, part].filter((text) => text !== undefined);
  if (of.length === 0) return { zh, en };
  return { zh: `${zh}（${of.map((text) => text.zh).join('，')}）`, en: `${en} (${of.map((text) => text.en).join(', ')})` };
}
