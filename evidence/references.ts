/** Which documents a record rests on: whoever makes a bundle puts them in, whoever checks one looks for them. */
import type { LedgerRow } from '../domain/ledger.js';

/** Properties by which events name a document kept under its SHA-256. */
const NAMING = new Set(['digest', 'documentDigest']);
const DIGEST = /^[0-9a-f]{64}$/;

/** Digests of the documents that a row names. */
export function documentsNamedBy({ event }: LedgerRow): string[] {
  return [...namedIn(event), ...evaluationIn(event)];
}

/** Digests of the attachments that a document of ours names: a report, an evaluation. Others name none. */
export function attachmentsOf(mediaType: string, body: Uint8Array): string[] {
  if (mediaType !== 'application/json') return [];
  try {
    const content: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    const attachments = isObject(content) ? content['attachments'] : null;
    return Array.isArray(attachments) ? attachments.filter(isDigest) : [];
  } catch {
    return [];
  }
}

function namedIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namedIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => (NAMING.has(name) && isDigest(part) ? [part] : namedIn(part)));
}

/** A request to close an episode puts its evaluation before the approver by digest. */
function evaluationIn(event: object): string[] {
  const evidence = 'evidence' in event ? event.evidence : null;
  return isObject(evidence) && evidence['action'] === 'evaluate' && isDigest(evidence['subject']) ? [evidence['subject']] : [];
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && DIGEST.test(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
