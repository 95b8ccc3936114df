/**
 * Paths into a plan: names joined by dots, an item of a list by its position
 * or by its `id` or `kind` in brackets: `levels[0].name`,
 * `levels[yellow].predicates[yellow-200].spell`, `obligations[daily-report].due`.
 */

/** The value a path leads to (which may be null), or undefined where it leads nowhere. */
export function valueAt(plan: unknown, path: string): unknown {
  let value: unknown = plan;
  for (const [, name, key] of path.matchAll(/([^.[\]]+)|\[([^\]]+)\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = key === undefined ? own(value, name!) : itemOf(value, key);
  }
  return path === '' ? undefined : value;
}

/** Path segments as written: names and positions, e.g. of a schema issue, as `levels[1].predicates[0]`. */
export function pathText(segments: readonly PropertyKey[]): string {
  return segments.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`;
    return text === '' ? String(segment) : `${text}.${String(segment)}`;
  }, '');
}

function itemOf(list: object, key: string): unknown {
  if (!Array.isArray(list)) return undefined;
  if (/^\d+$/.test(key)) return list[Number(key)];
  return list.find((item) => typeof item === 'object' && item !== null && (own(item as object, 'id') === key || own(item as object, 'kind') === key));
}

function own(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
