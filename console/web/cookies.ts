/** Preferences of this browser; none of them is a secret. */
import type { Request, Response } from 'express';

export const PREFERENCES = { lang: 'qingkong_lang', large: 'qingkong_large', hat: 'qingkong_hat', area: 'qingkong_area' } as const;

const YEAR_MS = 365 * 24 * 3_600_000;

export function cookieOf(request: Request, name: string): string | null {
  const pair = (request.get('cookie') ?? '').split(';').find((part) => part.trim().startsWith(`${name}=`));
  const value = pair?.trim().slice(name.length + 1);
  if (value === undefined) return null;
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}

export function setPreference(response: Response, name: keyof typeof PREFERENCES, value: string): void {
  response.cookie(PREFERENCES[name], value, { httpOnly: true, sameSite: 'lax', secure: response.req.secure, maxAge: YEAR_MS, path: '/' });
}

/** Where to go after a form: a path of ours, or home. */
export function ownPath(value: string | undefined): string {
  return value !== undefined && /^\/(?![/\\])[^\s\\]*$/.test(value) && value.length <= 1000 ? value : '/';
}
