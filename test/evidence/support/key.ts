/** The key of the tests' bundles: anybody can make it again, so that forgeries can be signed honestly. */
import { createHash, createPrivateKey } from 'node:crypto';
import { signerOf } from '../../../evidence/signature.js';

/** PKCS #8 of an Ed25519 key up to its 32 bytes. */
const PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export function keyPem(seed: string): string {
  const der = Buffer.concat([PREFIX, createHash('sha256').update(seed).digest()]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' }).toString();
}

export const OFFICE = signerOf(keyPem('qingkong test office'));
export const STRANGER = signerOf(keyPem('qingkong test stranger'));
