/**
 * What a model says of training examples, by their loss under it. The attacker's model of a neighbour is what it has received
 * in the last round in the place of its own coefficients, values of one node or the mean of those known in sum only; or
 * what it has unmixed over all rounds.
 *
 * - Linkability: of d candidate training sets, that of the lowest loss is said to be the neighbour's.
 * - Attribution: examples of low loss are said to be the neighbour's, others are those of the other candidates.
 * - Membership: examples of low loss are said to have been trained on, others are of the test set and have the same labels.
 *
 * Linkability and membership as measured for Shatter (arXiv 2404.09536), there on whole models and parts of them.
 */
import { auc, mean } from './measures.ts'
import type { Trace } from './record.ts'
import { bitCount, type SumSeen, sumsSeen } from './sums.ts'

export interface Membership {
  /** Share of neighbours linked to their own training set; a guess is right once in d. */
  readonly linked: number
  /** ROC-AUC of "this neighbour's, and no other's"; 0.5 is chance. */
  readonly attributed: number
  /** ROC-AUC of "in this neighbour's training set"; 0.5 is chance. */
  readonly member: number
}

/**
 * From what each receiver has of its neighbours, on average over all.
 * @param models by receiver and neighbour; from what was received last where none are given
 */
export async function membershipAttack(
  trace: Trace,
  models: readonly (readonly Float64Array[])[] = trace.senders.map((_, receiver) =>
    lastReceived(trace, receiver),
  ),
): Promise<Membership> {
  const { senders, parts, model, transform } = trace
  const guesses: Membership[] = []
  for (const [receiver, neighbours] of senders.entries()) {
    for (const [i, neighbour] of neighbours.entries()) {
      const parameters = Float32Array.from(transform.inverse(models[receiver]![i]!, model.layout))
      const losses = await Promise.all(
        neighbours.map((candidate) => lossesOf(trace, parameters, 'train', parts[candidate]!)),
      )
      const means = losses.map(mean)
      const [own, others] = [losses[i]!, losses.filter((_, candidate) => candidate !== i)]
      const strange = await lossesOf(trace, parameters, 'test', strangers(trace, neighbour))
      guesses.push({
        linked: means.indexOf(Math.min(...means)) === i ? 1 : 0,
        attributed: auc(own.map(negative), others.flat().map(negative)),
        member: auc(own.map(negative), strange.map(negative)),
      })
    }
  }
  const meanOf = (figure: keyof Membership) => mean(guesses.map((guess) => guess[figure]))
  return { linked: meanOf('linked'), attributed: meanOf('attributed'), member: meanOf('member') }
}

const negative = (value: number) => -value

/** By neighbour: the receiver's coefficients with what it has learnt of others in place of its own. */
function lastReceived(trace: Trace, receiver: number): Float64Array[] {
  const { coefficients, senders } = trace
  const last = coefficients.length - 1
  const own = coefficients[last]![receiver]!
  const replaced = ({ members, values }: SumSeen) =>
    Float64Array.from(own, (value, k) => {
      const count = bitCount(members[k]!)
      return count === 0 ? value : values[k]! / count
    })
  const models = sumsSeen(trace, receiver)
    .filter(({ round }) => round === last)
    .map(replaced)
  // What is known in sum only is the model of each.
  return senders[receiver]!.map((_, i) => (models.length === 1 ? models[0]! : models[i]!))
}

/** Test examples of the labels that a node holds. */
function strangers({ dataset, parts }: Trace, rank: number): Int32Array {
  const held = new Set([...parts[rank]!].map((i) => dataset.train.labels[i]!))
  return Int32Array.from(dataset.test.labels.keys()).filter((i) =>
    held.has(dataset.test.labels[i]!),
  )
}

async function lossesOf(
  { model }: Trace,
  parameters: Float32Array,
  on: 'train' | 'test',
  examples: Int32Array,
): Promise<number[]> {
  const single = [...examples].map((i) => ({ parameters, on, examples: Int32Array.of(i) }))
  return (await model.evaluate(single)).map(({ loss }) => loss)
}
