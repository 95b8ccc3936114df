/** The viewer as one file that needs nothing else: opened from a stick, without a network. */
import { readFileSync } from 'node:fs';
import { sha256Hex } from '../../domain/digest.js';

const SCRIPTS = ['sha256.js', 'ed25519.js', 'check.js', 'expected.js', 'views.js', 'decide.js', 'show.js'];

/** The HTML page; the same bytes every time. */
export function viewerPage(): string {
  return part('page.html').replace('/* SCRIPTS */', () => SCRIPTS.map(part).join('\n'));
}

/** By which anybody can see that a viewer is ours. */
export function viewerDigest(): string {
  return sha256Hex(viewerPage());
}

function part(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}
