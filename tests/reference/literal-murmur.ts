/**
 * One round of murmur at one node, coefficient by coefficient and in double precision, with nothing rounded. `told` of a
 * neighbour is what is remembered of it.
 */
import type { LiteralMessage } from './literal-jwins.ts'
import { literalTopK } from './literal-top-k.ts'
import { literalForward, literalInverse } from './literal-wavelet.ts'

const LEVELS = 4

export function literalMurmur(
  { x, told }: { readonly x: readonly number[]; readonly told: readonly number[] },
  budget: number,
  received: readonly (LiteralMessage & { readonly told: ReadonlyMap<number, number> })[],
) {
  const bands = literalForward(x, LEVELS)
  const c = bands.flat()
  const news = c.map((value, k) => value - told[k]!)
  const sent = literalTopK(news, Math.max(1, Math.round(budget * c.length)))
  const least = Math.min(...sent.map((k) => Math.abs(news[k]!)))
  const mixed = c.map((own, k) => {
    const heard = received.flatMap(({ weight, values, told }) => {
      const fresh = values.get(k)
      if (fresh !== undefined) return [{ weight, value: fresh }]
      const known = told.get(k)
      if (known === undefined || Math.abs(known - own) <= least) return []
      return [{ weight, value: known > own ? known - least : known + least }]
    })
    if (heard.length === 0) return own
    const theirs = heard.reduce((sum, { weight }) => sum + weight, 0)
    const vote = (1 - theirs) * Math.min(1, Math.abs(news[k]!) / least) ** 3
    const total = heard.reduce((sum, { weight, value }) => sum + weight * value, 0)
    return (total + vote * own) / (theirs + vote)
  })
  let start = 0
  const model = literalInverse(
    bands.map(({ length }) => mixed.slice(start, (start += length))),
    x.length,
  )
  return {
    sent,
    values: sent.map((k) => c[k]!),
    model,
    told: c.map((value, k) => (sent.includes(k) ? value : told[k]!)),
    memories: received.map(({ values, told }) => new Map([...told, ...values])),
  }
}
