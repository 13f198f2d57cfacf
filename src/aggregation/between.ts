/** What lies between two doubles, at this share of the way, which may be longer than any double. */
export function between(below: number, above: number, share: number): number {
  if (below === above) return below;
  const distance = above - below;
  return Number.isFinite(distance) ? below + distance * share : below * (1 - share) + above * share;
}
