/**
 * Murmur's average with what neighbours' silence says, one coefficient and one neighbour at a time, with the roundings of
 * the kernel: the sum, the weights and the average are single precision, everything else is double.
 */

/** One neighbour's message, and what is remembered of it: NaN where it has told nothing. */
export interface LiteralVoice {
  readonly weight: number
  /** Value by coordinate. */
  readonly values: ReadonlyMap<number, number>
  readonly told: Float32Array
}

interface Listener {
  readonly own: Float32Array
  readonly news: Float32Array
  readonly least: number
}

export function literalAverageOfNews(
  { own, news, least }: Listener,
  voices: readonly LiteralVoice[],
): { readonly delta: Float32Array; readonly told: readonly Float32Array[] } {
  const delta = own.map((c, k) => {
    let sum = 0
    let theirs = 0
    for (const { weight, values, told } of voices) {
      const value = values.get(k) ?? silence(told[k]!, c, least)
      if (value === undefined) continue
      sum += weight * (value - c)
      theirs = Math.fround(theirs + weight)
    }
    if (theirs === 0) return 0
    const change = Math.abs(news[k]!)
    const a = change >= least ? 1 : change / least
    return Math.fround(sum) / (theirs + a * a * a * (1 - theirs))
  })
  const told = voices.map(({ values, told }) => told.map((value, k) => values.get(k) ?? value))
  return { delta, told }
}

/** What is heard of a neighbour that has told nothing new; undefined for nothing. */
function silence(told: number, own: number, least: number): number | undefined {
  if (told - own > least) return Math.fround(told - least)
  if (told - own < -least) return Math.fround(told + least)
  return undefined
}
