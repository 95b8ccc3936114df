import { createHash } from 'node:crypto';

/** SHA-256 of a file's bytes by the machine's own routine: bundles have megabytes. */
export function fileDigest(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}
