/** One round of murmur at one node, coefficient by coefficient and in double precision, with nothing rounded. */
import type { LiteralMessage } from './literal-jwins.ts'
import { literalTopK } from './literal-top-k.ts'
import { literalForward, literalInverse } from './literal-wavelet.ts'

const LEVELS = 4

export function literalMurmur(
  { x, told }: { readonly x: readonly number[]; readonly told: readonly number[] },
  budget: number,
  received: readonly LiteralMessage[],
) {
  const bands = literalForward(x, LEVELS)
  const c = bands.flat()
  const news = c.map((value, k) => value - told[k]!)
  const sent = literalTopK(news, Math.max(1, Math.round(budget * c.length)))
  const least = Math.min(...sent.map((k) => Math.abs(news[k]!)))
  const mixed = c.map((own, k) => {
    const heard = received.filter(({ values }) => values.has(k))
    if (heard.length === 0) return own
    const theirs = heard.reduce((sum, { weight }) => sum + weight, 0)
    const vote = (1 - theirs) * Math.min(1, Math.abs(news[k]!) / least) ** 3
    const total = heard.reduce((sum, { weight, values }) => sum + weight * values.get(k)!, 0)
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
  }
}
