/** The least a worker can serve. */
export async function nothing(): Promise<void> {
  await Promise.resolve();
}
