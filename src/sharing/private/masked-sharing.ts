/**
 * Sharing in which each node learns the sum of its neighbours' coefficients and nothing else: CESAR over the phases of
 * crypto/cesar/README.md, with coordinates that are the same for all senders of a receiver. Every node is receiver of
 * its neighbours and sender to each of them; a phase is one letter a neighbour in one of these roles.
 */
import { bytesOf, type MaskedVector } from '../../../crypto/index.ts'
import type { SharingStrategy } from '../interface.ts'
import { Contributions } from './contributions.ts'
import type { PrivatePorts } from './interface.ts'
import {
  type Confirmation,
  confirmLetter,
  goLetter,
  keysLetter,
  maxLetterBytes,
  ranksLetter,
  revealLetter,
  rosterLetter,
  tagsLetter,
  vectorLetter,
} from './letter.ts'
import { OwnSum } from './own-sum.ts'
import { Phases } from './phases.ts'
import { adoptSum } from './ring-vectors.ts'
import { createSelection, type SharedSums } from './selection.ts'
import { Session } from './session.ts'

/** A strategy for one node and one process: it holds the secrets of its session. */
export function maskedSharing(init: SharedSums, ports: PrivatePorts): SharingStrategy {
  const { privacy, ring, sparsity } = init
  const { epochRounds, minMaskers } = privacy
  const { transform } = sparsity
  const { roll } = ports
  const session = new Session(init, ports)
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
      const selection = choice.begin(
        parameters,
        state,
        context,
        (receiver) => roll.sendersTo(receiver, round).length,
      )
      const standing = session.enter(round)
      const common = { ports, session, standing, selection, round, self, minMaskers }
      const own = new OwnSum(common)
      const others = new Contributions({ ...common, targets, ring })
      const phases = new Phases(targets, sources)
      const isPresent = (rank: number) => phases.isPresent(rank)

      let indices: Uint32Array = new Uint32Array(0)
      try {
        // Keys are agreed on once an epoch; who sits out still speaks, so that nobody waits for it.
        if (round % epochRounds === 0)
          own.takeKeys(yield* phases.exchange(keysLetter, others.keys()))
        // The go-barrier: all senders of a receiver see the same sum before any of them sends.
        others.takeRosters(yield* phases.exchange(rosterLetter, own.rosters()))
        const confirm = confirmLetter(selection.scoreCount(self))
        own.takeConfirmations(
          yield* phases.exchange(confirm, others.confirmations(), carriedScores),
          isPresent,
        )
        const go = goLetter(selection.blockCount)
        const bitmap = Math.ceil(selection.blockCount / 8)
        others.takeGo(
          yield* phases.exchange(go, own.go(), ({ blocks }) => ({
            values: 0,
            indices: blocks === undefined ? 0 : bitmap,
          })),
        )
        indices = selection.indicesOf(own.blocks)
        const vector = vectorLetter(ring.width, indices.length)
        own.takeVectors(yield* phases.exchange(vector, others.vectors(), carriedWords))
        // Masks are opened when all whose vectors arrived agree on who they are.
        others.takeSurvivors(yield* phases.exchange(ranksLetter, own.survivors()))
        own.takeVotes(yield* phases.exchange(tagsLetter, others.votes()))
        others.takeVotes(yield* phases.exchange(tagsLetter, own.relayedVotes()))
        own.takeReveals(yield* phases.exchange(revealLetter, others.reveals()))
      } finally {
        // Also where the round is broken off: nobody can open anything of it any more.
        others.close()
        session.leave(round)
      }

      const result = own.finish(isPresent)
      const { coefficients } = selection
      const isAdopted = result.outcome === 'adopted'
      const survivors = isAdopted ? result.survivors : []
      const at = { ring, transform, layout, parameters, coefficients, indices, roll, self, round }
      const mixed = isAdopted ? adoptSum(at, result.sum, survivors) : parameters
      const maskers = survivors.length - 1
      return {
        parameters: mixed,
        state: selection.end(others.delivered, targets),
        privacy: {
          outcome: result.outcome,
          reason: isAdopted ? null : result.reason,
          survivors: survivors.length,
          maskers: isAdopted ? { min: maskers, mean: maskers } : null,
          droppedShare: 0,
          clippedShare: others.clippedShare,
          refusedReceivers: others.refusedReceivers,
          refusals: others.refusals,
        },
      }
    },
  }
}

/** What of a letter counts as values, and what as naming them. */
const carriedWords = ({ words }: MaskedVector) => ({ values: bytesOf(words).length, indices: 0 })
const carriedScores = ({ scores }: Confirmation) => ({
  values: 0,
  indices: scores === undefined ? 0 : bytesOf(scores.words).length,
})
