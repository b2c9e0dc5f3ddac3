/** Positions of the `count` largest magnitudes by sorting them all; of equal ones the lower position comes first. */
export function literalTopK(values: ArrayLike<number>, count: number): number[] {
  return Array.from(values, (value, i) => ({ magnitude: Math.abs(value), i }))
    .sort((a, b) => b.magnitude - a.magnitude || a.i - b.i)
    .slice(0, Math.max(0, count))
    .map(({ i }) => i)
    .sort((a, b) => a - b)
}
