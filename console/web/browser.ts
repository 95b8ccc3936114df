/** `Chrome 120 · Windows`: by which browser a session was begun; null where its maker is not told. */
export function browserName(userAgent: string | null): string | null {
  const maker = /(Edg|Firefox|Chrome|Safari)\/(\d+)/.exec(userAgent ?? '');
  if (!maker) return null;
  const system = /Android|iPhone|iPad|Windows|Mac OS X|Linux/.exec(userAgent ?? '')?.[0];
  return `${maker[1] === 'Edg' ? 'Edge' : (maker[1] ?? '')} ${maker[2] ?? ''}${system === undefined ? '' : ` · ${system}`}`;
}
