/**
 * Murmur's average with what neighbours' silence says, one coefficient and one neighbour at a time, with the roundings of
 * the kernel: differences are summed in double precision, everything else is single.
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

const { fround } = Math

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
      theirs = fround(theirs + fround(weight))
    }
    if (theirs === 0) return 0
    const share = fround(Math.abs(news[k]!) * fround(1 / least))
    const a = Number.isNaN(share) ? 1 : Math.min(1, share)
    const vote = fround(fround(fround(a * a) * a) * fround(1 - theirs))
    return fround(sum) / fround(theirs + vote)
  })
  const told = voices.map(({ values, told }) => told.map((value, k) => values.get(k) ?? value))
  return { delta, told }
}

/** What is heard of a neighbour that has told nothing new; undefined for nothing. */
function silence(told: number, own: number, least: number): number | undefined {
  const distance = fround(told - own)
  if (distance > least) return fround(told - least)
  if (distance < -least) return fround(told + least)
  return undefined
}
