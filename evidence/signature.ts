/** Ed25519 (RFC 8032) over texts that say what they are, so that a signature of one kind never passes for another. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { sha256Hex } from '../domain/digest.js';

/** First line of what is signed. */
export const CONTEXTS = {
  manifest: 'qingkong-evidence-manifest-1',
  head: 'qingkong-chain-head-1',
  key: 'qingkong-key-change-1',
} as const;
export type SignedKind = keyof typeof CONTEXTS;

export interface Signature {
  readonly algorithm: 'Ed25519';
  /** 32 bytes, lower-case hexadecimal. */
  readonly publicKey: string;
  /** 64 bytes, lower-case hexadecimal. */
  readonly signature: string;
}

/** What signs; it never gives its private half away. */
export interface Signer {
  readonly publicKey: string;
  /** SHA-256 of the 32 bytes: what people compare. */
  readonly fingerprint: string;
  sign(kind: SignedKind, text: string): Signature;
}

export function signerOf(privatePem: string): Signer {
  const privateKey = createPrivateKey(privatePem);
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('the signing key is not an Ed25519 key');
  const publicKey = publicHexOf(createPublicKey(privateKey));
  return {
    publicKey,
    fingerprint: fingerprintOf(publicKey),
    sign: (kind, text) => ({ algorithm: 'Ed25519', publicKey, signature: sign(null, signedBytes(kind, text), privateKey).toString('hex') }),
  };
}

/** A key that nobody keeps: for a season, and for tests. */
export function passingSigner(): Signer {
  return signerOf(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

export function isSignedBy({ publicKey, signature }: Signature, kind: SignedKind, text: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(publicKey) || !/^[0-9a-f]{128}$/.test(signature)) return false;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey, 'hex').toString('base64url') }, format: 'jwk' });
  return verify(null, signedBytes(kind, text), key, Buffer.from(signature, 'hex'));
}

export function fingerprintOf(publicKey: string): string {
  return sha256Hex(Buffer.from(publicKey, 'hex'));
}

/** A public key as people keep it: PEM, or its 64 hexadecimal digits. Null when it is neither. */
export function publicKeyOf(text: string): string | null {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return trimmed.toLowerCase();
  // A private key would yield its public half: it has no business near a verifier.
  if (!trimmed.startsWith('-----BEGIN PUBLIC KEY-----')) return null;
  try {
    const key = createPublicKey(trimmed);
    return key.asymmetricKeyType === 'ed25519' ? publicHexOf(key) : null;
  } catch {
    return null;
  }
}

function publicHexOf(key: KeyObject): string {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
}

function signedBytes(kind: SignedKind, text: string): Buffer {
  return Buffer.from(`${CONTEXTS[kind]}\n${text}`, 'utf8');
}
