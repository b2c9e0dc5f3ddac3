/**
 * Which labels a node holds, guessed from what it sends without reading a value. A node's output weights change most
 * for its own classes, so that the coordinates it chooses to send name them: the score of a class is the share of the chosen
 * coordinates' basis vectors that lies on its weights.
 */
import { auc } from './measures.ts'
import type { Trace } from './record.ts'

/**
 * ROC-AUC of "this node has this label", over all messages' senders, receivers and classes.
 * @param whose the sender's labels, guessed by the receiver, or the receiver's, by a sender that is asked for coordinates
 */
export function labelAuc(trace: Trace, whose: 'sender' | 'receiver' = 'sender'): number {
  const { senders, parts, dataset } = trace
  const held = parts.map((examples) => new Set([...examples].map((i) => dataset.train.labels[i]!)))
  const weightOf = weightsOnClasses(trace)
  const positives: number[] = []
  const negatives: number[] = []
  for (const [receiver, neighbours] of senders.entries()) {
    for (const sender of neighbours) {
      const guessed = held[whose === 'sender' ? sender : receiver]!
      const scores = new Float64Array(weightOf.length)
      for (const { from, to, indices } of trace.messages) {
        if (from !== sender || to !== receiver) continue
        for (const [c, weights] of weightOf.entries()) {
          for (const k of indices) scores[c]! += weights[k]!
        }
      }
      for (const [c, score] of scores.entries()) {
        const list = guessed.has(c) ? positives : negatives
        list.push(score)
      }
    }
  }
  return auc(positives, negatives)
}

/** By class and coordinate: how much of the coordinate's unit vector lies on the weights of the class. */
function weightsOnClasses({ model, transform }: Trace): Float64Array[] {
  const { layout } = model
  const { size } = transform.space(layout.size)
  const classes = layout.entries.at(-1)!.size
  const weights = Array.from({ length: classes }, () => new Float64Array(size))
  for (let k = 0; k < size; k++) {
    const unit = new Float64Array(size)
    unit[k] = 1
    const image = transform.inverse(unit, layout)
    for (const { offset, shape, size: length } of layout.entries) {
      if (shape.at(-1) !== classes) continue
      for (let p = 0; p < length; p++) weights[p % classes]![k]! += image[offset + p]! ** 2
    }
  }
  return weights
}
