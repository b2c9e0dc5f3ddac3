/** The transform by its definition, one sample at a time in double precision, as bands from coarse to fine. */
const LOW = [-0.12940952255092145, 0.22414386804185735, 0.836516303737469, 0.48296291314469025]
const HIGH = [-0.48296291314469025, 0.836516303737469, -0.22414386804185735, -0.12940952255092145]

export function literalForward(samples: readonly number[], levels: number): number[][] {
  if (levels === 0) return [[...samples]]
  const n = samples.length
  const at = (i: number): number => (i < 0 ? at(-1 - i) : i >= n ? at(2 * n - 1 - i) : samples[i]!)
  const band = (filter: readonly number[]) =>
    Array.from({ length: Math.floor((n + 3) / 2) }, (_, k) =>
      filter.reduce((sum, tap, t) => sum + tap * at(2 * k + 1 - t), 0),
    )
  return [...literalForward(band(LOW), levels - 1), band(HIGH)]
}

export function literalInverse(bands: readonly (readonly number[])[], n: number): number[] {
  let averages = [...bands[0]!]
  for (const details of bands.slice(1)) {
    const low = averages.slice(0, details.length)
    // The filters of the way back are those of the way there, reversed.
    const tap = (filter: readonly number[], i: number) => filter[3 - i] ?? 0
    averages = Array.from({ length: 2 * details.length - 2 }, (_, i) =>
      low.reduce(
        (sum, a, k) => sum + tap(LOW, i + 2 - 2 * k) * a + tap(HIGH, i + 2 - 2 * k) * details[k]!,
        0,
      ),
    )
  }
  return averages.slice(0, n)
}
