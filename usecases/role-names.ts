/** What each role is called (2.1, annex 1). */
import type { Role } from '../domain/plan.js';
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

/** The name of a role; undefined for anything else. */
export function roleName(id: string): Text | undefined {
  return (ROLE_NAMES as Readonly<Record<string, Text>>)[id];
}

export function roleNamesIn(lang: keyof Text): Record<Role, string> {
  return Object.fromEntries(Object.entries(ROLE_NAMES).map(([role, name]) => [role, name[lang]])) as Record<Role, string>;
}
