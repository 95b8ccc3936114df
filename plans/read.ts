/** From a YAML text to its content, knowing where in the text each thing stands. */
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { PlanFault } from './faults.js';

/** Aliases may multiply a file's content beyond measure; a plan of 25 units uses some hundreds. */
const MAX_ALIAS_COUNT = 20_000;

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface YamlContent {
  readonly content: unknown;
  /** Where a path (`levels[1].predicates[0]`) stands, or the nearest thing around it. */
  readonly placeOf: (path: string) => Place | undefined;
}

/** Reads YAML 1.2, anchors and aliases included; syntax errors and repeated keys are faults with their line and column. */
export function readYaml(text: string): YamlContent | { readonly faults: readonly PlanFault[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0) {
    return { faults: document.errors.map((error) => ({ ...notYaml(error.message), ...placeAt(error.pos[0]) })) };
  }
  try {
    return {
      content: document.toJS({ maxAliasCount: MAX_ALIAS_COUNT }),
      placeOf: (path) => {
        const offset = offsetOf(document, path);
        return offset === undefined ? undefined : placeAt(offset);
      },
    };
  } catch (error) {
    return { faults: [notYaml(error instanceof Error ? error.message : String(error))] };
  }
}

function notYaml(message: string): PlanFault {
  return { path: '', reason: `not readable as YAML: ${message}`, reasonZh: `不是可读的 YAML：${message}` };
}

/** What an alias stands for has no place of its own there: then it is the alias. */
function offsetOf(document: Document, path: string): number | undefined {
  const keys = [...path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(([, name, index]) => (index === undefined ? name : Number(index)));
  for (let length = keys.length; length > 0; length--) {
    const node = document.getIn(keys.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}
