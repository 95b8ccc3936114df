/** What roles and actions are called (2.1, 3.3, 4.2, annex 1). */
import type { ChainedAction, NoticeAction, Role } from '../domain/plan.js';
import type { Text } from '../domain/text.js';

export const ROLE_NAMES: Readonly<Record<Role, Text>> = {
  technical: { zh: '技术组', en: 'Technical group' },
  management: { zh: '管理组', en: 'Management group' },
  director: { zh: '办公室主任', en: 'Office director' },
  commander: { zh: '指挥长', en: 'Commander' },
  unit: { zh: '成员单位', en: 'Member unit' },
  prefecture: { zh: '自治州指挥部办公室', en: 'Prefecture headquarters' },
  zone: { zh: '经开区管委会', en: 'Development zone' },
  auditor: { zh: '审计员', en: 'Auditor' },
  administrator: { zh: '系统管理员', en: 'Administrator' },
  integration: { zh: '数据接口', en: 'Data feed' },
};

export const ACTION_NAMES: Readonly<Record<ChainedAction | NoticeAction, Text>> = {
  publish: { zh: '发布预警', en: 'Publish' },
  raise: { zh: '升级', en: 'Raise' },
  lower: { zh: '降级', en: 'Lower' },
  lift: { zh: '解除', en: 'Lift' },
  relay: { zh: '转发上级命令', en: 'Relay of a superior order' },
  correct: { zh: '更正', en: 'Correction' },
  evaluate: { zh: '总结评估', en: 'Evaluation' },
  postpone: { zh: '推迟解除', en: 'Postpone the lift' },
  rescind: { zh: '撤销解除', en: 'Rescind the lift' },
};

/** Undefined for what is none of them. */
export function nameIn(names: Readonly<Record<string, Text>>, id: string): Text | undefined {
  return Object.hasOwn(names, id) ? names[id] : undefined;
}

export function namesIn<K extends string>(names: Readonly<Record<K, Text>>, lang: keyof Text): Record<K, string> {
  return Object.fromEntries(Object.entries<Text>(names).map(([id, name]) => [id, name[lang]])) as Record<K, string>;
}
