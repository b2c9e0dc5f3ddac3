/**
 * One round of JWINS at one node as its paper and its authors' program have it, in double precision: the averaged
 * coefficients, not their difference, are transformed back.
 */
import { literalTopK } from './literal-top-k.ts'
import { literalForward, literalInverse } from './literal-wavelet.ts'

export interface LiteralMessage {
  readonly weight: number
  /** Value by coordinate. */
  readonly values: ReadonlyMap<number, number>
}

export function literalJwins(
  node: { p: readonly number[]; v: readonly number[]; x: readonly number[] },
  { levels, alpha }: { levels: number; alpha: number },
  received: readonly LiteralMessage[],
) {
  const { p, x } = node
  const transform = (signal: readonly number[]) => literalForward(signal, levels).flat()
  const lengths = literalForward(x, levels).map((band) => band.length)
  const c = transform(x)
  const v = [...node.v]
  const change = transform(x.map((value, i) => value - p[i]!))
  const score = change.map((value, k) => value + v[k]!)
  const sent = literalTopK(score, Math.round(alpha * c.length))
  for (const k of sent) v[k] = 0

  const others = received.reduce((sum, { weight }) => sum + weight, 0)
  const mixed = c.map(
    (own, k) =>
      received.reduce((sum, { weight, values }) => sum + weight * (values.get(k) ?? own), 0) +
      (1 - others) * own,
  )
  let start = 0
  const bands = lengths.map((length) => mixed.slice(start, (start += length)))
  const model = literalInverse(bands, x.length)
  const whole = transform(model.map((value, i) => value - p[i]!))
  return {
    score,
    sent,
    values: sent.map((k) => c[k]!),
    model,
    v: v.map((value, k) => value + whole[k]!),
  }
}
