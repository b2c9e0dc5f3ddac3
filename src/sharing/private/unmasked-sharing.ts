/**
 * The same sums of the same ring elements as `masked-sharing.ts`, without keys and without masks: what masking costs,
 * and that it changes nothing, is measured against this. Emulation only.
 */
import { addWords, bytesOf, type MaskedVector, type Words } from '../../../crypto/index.ts'
import type { SharingStrategy } from '../interface.ts'
import { gather } from '../pull.ts'
import type { PrivatePorts } from './interface.ts'
import { confirmLetter, goLetter, maxLetterBytes, vectorLetter } from './letter.ts'
import { Phases } from './phases.ts'
import { adoptSum, wordsFor } from './ring-vectors.ts'
import { createSelection, isChosen, type SharedSums } from './selection.ts'

const NO_TAGS = new Map<number, Uint8Array>()
const NO_CHECKSUM = new Int32Array(2)

export function unmaskedSharing(init: SharedSums, ports: PrivatePorts): SharingStrategy {
  const { ring, sparsity } = init
  const { roll } = ports
  const { transform } = sparsity
  const choice = createSelection(init)
  return {
    name: init.name,
    space: (size) => ({
      domain: 'letter',
      size: maxLetterBytes(transform.space(size).size, ring.width),
    }),
    init: choice.init,
    *round(parameters, state, context) {
      const { round, self, targets, sources, layout } = context
      const senders = (receiver: number) => roll.sendersTo(receiver, round).length
      const selection = choice.begin(parameters, state, context, senders)
      const phases = new Phases(targets, sources)
      const asked = new Map(
        [self, ...targets].map((receiver) => [receiver, selection.drawn(receiver)]),
      )
      if (isChosen(init)) {
        const scores = new Map(
          targets.flatMap((receiver) => {
            const words = selection.scores(receiver)
            if (words === undefined) return []
            return [[receiver, { tags: NO_TAGS, scores: { words, sums: NO_CHECKSUM } }] as const]
          }),
        )
        const confirm = confirmLetter(selection.scoreCount(self))
        const heard = yield* phases.exchange(confirm, scores)
        if (heard.size === sources.length) {
          const summed = totalOf([...heard.values()].map((letter) => letter.scores!.words))
          asked.set(self, selection.choose(self, summed))
        }
        const own = { tags: NO_TAGS, blocks: asked.get(self)! }
        const go = goLetter(selection.blockCount)
        const others = yield* phases.exchange(go, new Map(targets.map((target) => [target, own])))
        for (const [receiver, { blocks }] of others) asked.set(receiver, blocks!)
      }
      const indices = selection.indicesOf(asked.get(self)!)
      let clipped = 0
      let values = 0
      const vectors = new Map<number, MaskedVector>()
      for (const receiver of targets) {
        const chosen = gather(selection.coefficients, selection.indicesOf(asked.get(receiver)!))
        const quantised = wordsFor(ports, ring, chosen, { round, receiver, sender: self })
        vectors.set(receiver, { words: quantised.words, sums: NO_CHECKSUM })
        clipped += quantised.clipped
        values += chosen.length
      }
      const vector = vectorLetter(ring.width, indices.length)
      const carried = ({ words }: MaskedVector) => ({ values: bytesOf(words).length, indices: 0 })
      const heard = yield* phases.exchange(vector, vectors, carried)
      const survivors = [...heard.keys()]
      const { coefficients } = selection
      const at = { ring, transform, layout, parameters, coefficients, indices, roll, self, round }
      const isHeard = survivors.length > 0
      const words = [...heard.values()].map((letter) => letter.words)
      const mixed = isHeard ? adoptSum(at, totalOf(words), survivors) : parameters
      const delivered = new Map(targets.map((target) => [target, asked.get(target)!]))
      return {
        parameters: mixed,
        state: selection.end(delivered, targets),
        privacy: {
          outcome: isHeard ? 'adopted' : 'refused',
          reason: isHeard ? null : 'nobody was heard',
          survivors: survivors.length,
          maskers: null,
          droppedShare: 0,
          clippedShare: values === 0 ? 0 : clipped / values,
          refusedReceivers: 0,
          refusals: [],
        },
      }
    },
  }
}

function totalOf([first, ...others]: readonly Words[]): Words {
  const sum = first!.slice()
  for (const words of others) addWords(sum, words)
  return sum
}
