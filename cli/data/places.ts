/** Latin names of the places in the published data sets, for keyboards without Chinese. */
const LATIN: Readonly<Record<string, string>> = {
  beijing: '北京',
  ili: '伊犁',
  kashgar: '喀什',
  korla: '库尔勒',
  kuitun: '奎屯',
  shihezi: '石河子',
  urumqi: '乌鲁木齐',
};

/** The one name that is meant: itself, or the only one that contains it; null when none or several do. */
export function placeNamed(names: readonly string[], wanted: string): string | null {
  if (names.includes(wanted)) return wanted;
  const part = LATIN[wanted.toLowerCase()] ?? wanted;
  const containing = names.filter((name) => name.toLowerCase().includes(part.toLowerCase()));
  return containing.length === 1 ? (containing[0] ?? null) : null;
}
