/** The ring's arithmetic of crypto/ring.ts, a number at a time. */

/** round(x · 2^f) with halves to the even integer, cut to ±⌊B · 2^f⌋. */
export function literalQuantise(
  x: number,
  { fractionBits, clip }: { fractionBits: number; clip: number },
): number {
  const limit = Math.floor(clip * 2 ** fractionBits)
  const y = x * 2 ** fractionBits
  const floor = Math.floor(y)
  const isHalf = y - floor === 0.5
  const rounded = isHalf ? floor + (floor % 2 === 0 ? 0 : 1) : Math.round(y)
  return Math.max(-limit, Math.min(limit, rounded)) + 0
}

/** The representative of `value` modulo 2^w between −2^(w−1) and 2^(w−1) − 1. */
export function wrap(value: bigint | number, width: number): number {
  return Number(BigInt.asIntN(width, BigInt(value)))
}
