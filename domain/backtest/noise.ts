/** Noise that is the same for the same seed, whatever is asked first: no generator with a state, a hash of what it is for. */

/** A number of the standard normal distribution for a seed and two whole numbers. */
export function normalOf(seed: number, a: number, b: number): number {
  const key = mix(mix(mix(seed) ^ a) ^ b);
  const radius = Math.sqrt(-2 * Math.log(unitOf(mix(key ^ 0x9e3779b9))));
  return radius * Math.cos(2 * Math.PI * unitOf(mix(key ^ 0x85ebca6b)));
}

/** In (0, 1]. */
function unitOf(hash: number): number {
  return (hash + 1) / 0x1_0000_0000;
}

/** A finaliser of 32 bits in which every bit of the input moves every bit of the output. */
function mix(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}
