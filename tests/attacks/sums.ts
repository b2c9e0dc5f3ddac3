/** What a receiver learns of its neighbours in each way of sharing: values of single nodes, or of several in sum. */
import type { Trace } from './record.ts'

/** One sum at many coordinates, contributed to by not necessarily the same nodes everywhere. */
export interface SumSeen {
  readonly round: number
  /** By coordinate: who is in it, one bit a sender in the order of `trace.senders[receiver]`; 0 where nothing was learnt. */
  readonly members: Uint32Array
  readonly values: Float64Array
}

/** The same messages without masks: each is read by itself. */
export function apart(trace: Trace): Trace {
  return { ...trace, mode: 'plain' }
}

/** In the order of rounds. In plain sharing each neighbour's message is a sum of its own. */
export function sumsSeen(trace: Trace, receiver: number): SumSeen[] {
  const { mode, job, senders, coefficients, messages } = trace
  const size = coefficients[0]![0]!.length
  const empty = (round: number): SumSeen => ({
    round,
    members: new Uint32Array(size),
    values: new Float64Array(size),
  })
  const seen: SumSeen[] = []
  for (const { round, from, to, indices, values } of messages) {
    if (to !== receiver) continue
    const last = seen.at(-1)
    const isNew = mode === 'plain' || last?.round !== round
    const sum = isNew ? empty(round) : last
    if (isNew) seen.push(sum)
    const bit = 1 << senders[receiver]!.indexOf(from)
    for (const [i, k] of indices.entries()) {
      sum.members[k]! |= bit
      sum.values[k]! += values[i]!
    }
  }
  if (mode === 'own') for (const sum of seen) dropThin(sum, job.privacy.minMaskers)
  return seen
}

/** CESAR sends nothing of a coordinate where fewer than s others would mask it. */
function dropThin({ members }: SumSeen, minMaskers: number): void {
  for (const [k, bits] of members.entries()) if (bitCount(bits) <= minMaskers) members[k] = 0
}

/** By round: the mean of all nodes' coefficients. */
export function meanModels({ coefficients }: Trace): Float64Array[] {
  return coefficients.map((models) => {
    const mean = new Float64Array(models[0]!.length)
    for (const model of models) {
      for (const [k, value] of model.entries()) mean[k]! += value / models.length
    }
    return mean
  })
}

export function bitCount(bits: number): number {
  let count = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++
  return count
}
