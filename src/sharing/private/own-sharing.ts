/**
 * Sharing in which each sender chooses its coordinates itself: the literal CESAR (Biswas et al., arXiv 2405.07708), kept to
 * compare with. Senders of a receiver learn each other's sets, drop what fewer than s others mask, and mask the rest
 * class by class (crypto/cesar/classes.ts). Nothing is opened: where a sender's vector is missing, the classes it is
 * in are left out.
 *
 * A receiver that solves the sums of many rounds finds the single vectors (SECURITY.md): this hides them in one round only.
 */
import {
  type ByRank,
  bytesOf,
  type Class,
  type Classes,
  type Confirmed,
  classesOf,
  classSum,
  concat,
  crossed,
  dequantise,
  type Joined,
  type MaskedVector,
  NotFiniteError,
  quantise,
  type Sum,
  SumRefusedError,
  sha256,
  wordsOf,
} from '../../../crypto/index.ts'
import type { RoundContext, Selection, SharingRound, SharingStrategy } from '../interface.ts'
import { gather, moved } from '../pull.ts'
import type { RankedState } from '../ranked-sharing.ts'
import type { PrivatePorts } from './interface.ts'
import {
  encodeSet,
  type Hello,
  helloLetter,
  maxSetLetterBytes,
  type Parts,
  partsLetter,
  type SetRoster,
  setRosterLetter,
  tagsLetter,
} from './letter.ts'
import { joinSum, type NoSum, openSum, rosterLetters, takeKeys } from './opening.ts'
import type { OwnChoice } from './own-choice.ts'
import { advance, mapped, Phases } from './phases.ts'
import { expectHidden, Refusals } from './refusals.ts'
import { commonWeight, weightBeforehand } from './ring-vectors.ts'
import type { SharedSums } from './selection.ts'
import { Session } from './session.ts'

/** One receiver's sum as a sender goes through it. */
interface Part<Phase> {
  readonly phase: Phase
  readonly classes: Classes
}

export function ownSharing(
  init: SharedSums,
  choice: OwnChoice,
  ports: PrivatePorts,
): SharingStrategy<RankedState | null> {
  const { privacy, ring, sparsity } = init
  const { transform } = sparsity
  const { minMaskers, epochRounds } = privacy
  const { roll, suite, journal } = ports
  const session = new Session(init, ports)
  return {
    name: init.name,
    space: (size) => ({
      domain: 'letter',
      size: maxSetLetterBytes(transform.space(size).size),
    }),
    init: choice.init,
    *round(parameters, state, context) {
      try {
        return yield* oneRound(parameters, state, context)
      } finally {
        // Also where the round is broken off: nobody can open anything of it any more.
        session.leave(context.round)
      }
    },
  }

  function* oneRound(
    parameters: Float32Array,
    state: RankedState | null,
    context: RoundContext,
  ): SharingRound<RankedState | null> {
    const { round, self, targets, sources, layout } = context
    const { size } = transform.space(layout.size)
    const coefficients = transform.forward(parameters, layout)
    const set = choice.choose(parameters, state, context)
    const standing = session.enter(round)
    const opening = { ports, session, standing, round, self, minMaskers, ring }
    const phases = new Phases(targets, sources)

    const hello: Hello | null = standing && {
      set,
      ...(standing.isOpening && { announcement: standing.keys.announcement.envelope }),
    }
    const hellos = yield* phases.exchange(
      helloLetter(size),
      new Map(hello === null ? [] : targets.map((target) => [target, hello])),
      () => ({ values: 0, indices: setBytes(set) }),
    )
    if (round % epochRounds === 0) {
      const keys = [...hellos].flatMap(([rank, { announcement }]) =>
        announcement === undefined ? [] : [[rank, announcement] as const],
      )
      takeKeys(opening, new Map(keys))
    }
    if (standing !== null) standing.senders = standing.senders.filter((rank) => hellos.has(rank))
    const sets = mapped(hellos, (heard) => heard.set)
    const senders = standing?.senders ?? []
    const opened = withClasses(openSum(opening, setsHash(sets, senders)), sets, size)
    const own = 'sum' in opened ? opened.sum : null
    const plan = 'sum' in opened ? opened.classes : null

    const rosters = yield* phases.exchange(
      setRosterLetter(size),
      new Map(
        [...rosterLetters(opening)].map(([rank, roster]): [number, SetRoster] => {
          const others = senders.filter((sender) => sender !== rank)
          return [
            rank,
            { ...roster, sets: new Map(others.map((other) => [other, sets.get(other)!])) },
          ]
        }),
      ),
      (roster) => ({
        values: 0,
        indices: [...roster.sets.values()].reduce((sum, each) => sum + setBytes(each), 0),
      }),
    )
    const refusals = new Refusals(targets)
    const lists = mapped(rosters, ({ participants }) => participants)
    const exposing = roll.exposing(new Map(lists).set(self, senders), round)
    const joined = new Map(
      [
        ...advance(
          rosters,
          rosters,
          (_, roster, receiver) => join(roster, receiver, exposing),
          refusals.note,
        ),
      ].flatMap(([rank, part]) => (part === null ? [] : [[rank, part] as const])),
    )
    standing?.keys.seal()
    const tags = yield* phases.exchange(
      tagsLetter,
      mapped(joined, ({ phase }) => phase.tags),
    )
    const go = yield* phases.exchange(tagsLetter, own === null ? new Map() : crossed(tags))
    const confirm = ({ phase, classes }: Part<Joined>, theirs: ByRank<Uint8Array>) => {
      return { phase: phase.confirm(theirs), classes }
    }
    const confirmed = advance(joined, go, confirm, refusals.note)

    let values = 0
    let clipped = 0
    const delivered = new Uint32Array(size)
    const vectors = maskAll(confirmed)
    const heard = yield* phases.exchange(partsLetter(size), vectors, ({ words }) => ({
      values: words.length,
      indices: 0,
    }))
    if (standing !== null && own !== null) {
      // Who refused alone is out until the next epoch; where nearly all did, who did not confirm.
      const isSum = heard.size >= roll.quorum(self, round)
      standing.senders = senders.filter(
        (rank) => phases.isPresent(rank) && tags.has(rank) && (!isSum || heard.has(rank)),
      )
    }

    const outcome = sumClasses(heard)
    const mixed =
      outcome.adopted === 0
        ? parameters
        : moved(parameters, transform.inverse(outcome.delta, layout))
    return {
      parameters: mixed,
      state: choice.end(mixed, state, delivered, targets.length, context),
      privacy: {
        outcome: outcome.adopted > 0 ? 'adopted' : 'sum' in opened ? 'refused' : opened.outcome,
        reason: outcome.adopted > 0 ? null : 'sum' in opened ? outcome.reason : opened.reason,
        survivors: outcome.adopted > 0 ? heard.size : 0,
        maskers: outcome.maskers,
        droppedShare: plan === null || plan.chosen === 0 ? 0 : plan.dropped / plan.chosen,
        clippedShare: values === 0 ? 0 : clipped / values,
        refusedReceivers: refusals.count((receiver) => vectors.has(receiver)),
        refusals: refusals.reasons,
      },
    }

    function join(
      { sets: others, ...roster }: SetRoster,
      receiver: number,
      exposing: readonly number[],
    ): Part<Joined> | null {
      if (standing === null) return null
      const all = new Map([...others, [self, set] as const])
      const missing = roster.participants.find((rank) => !all.has(rank))
      if (missing !== undefined) {
        throw new SumRefusedError(`the set of node ${missing} is missing`)
      }
      const indices = setsHash(all, roster.participants)
      const phase = joinSum(opening, standing, receiver, roster, indices)
      if (phase === null) return null
      expectHidden(exposing, receiver)
      const participants = roster.participants.map((rank) => session.party(rank)!)
      const sum = {
        runId: roll.runId,
        round,
        receiver: session.party(receiver)!,
        participants,
        indices,
        minMaskers,
      }
      return {
        phase,
        classes: classesOf(
          sum,
          mapped(all, (each) => each.indices),
          size,
        ),
      }
    }

    /** The journal knows of all vectors before the first is masked. */
    function maskAll(sums: ReadonlyMap<number, Part<Confirmed>>): Map<number, Parts> {
      try {
        const plain = [...sums].map(([receiver, { phase, classes }]) => {
          const weight = weightBeforehand(roll, receiver, self, round)
          const parts = partsOf(classes, self).map((each) => {
            const chosen = gather(coefficients, each.coordinates).map((value) => value * weight)
            const quantised = quantise(ring, chosen)
            values += chosen.length
            clipped += quantised.clipped
            return { class: each, words: quantised.words }
          })
          return { receiver, phase, parts }
        })
        if (plain.length > 0) journal.claim(round, [...sums.keys()])
        return new Map(
          plain.map(({ receiver, phase, parts }) => {
            for (const part of parts) for (const k of part.class.coordinates) delivered[k]!++
            return [receiver, joinedParts(phase.maskClasses(parts))]
          }),
        )
      } catch (error) {
        if (!(error instanceof NotFiniteError)) throw error
        return new Map()
      }
    }

    /** Classes of which every member's part is there. */
    function sumClasses(letters: ByRank<Parts>) {
      const delta = new Float64Array(size)
      const least = { maskers: Number.POSITIVE_INFINITY, sum: 0 }
      let adopted = 0
      const result = (reason: string) => ({
        delta,
        adopted,
        reason,
        maskers: adopted === 0 ? null : { min: least.maskers, mean: least.sum / adopted },
      })
      if (own === null || plan === null) return result('')
      const taken = new Map(
        own.participants.flatMap(({ rank }) => {
          const letter = letters.get(rank)
          const parts = letter && readParts(letter, partsOf(plan, rank), ring.width)
          return parts === undefined ? [] : [[rank, parts] as const]
        }),
      )
      const scale = commonWeight(roll, self, round) ?? 1
      try {
        for (const each of plan.classes) {
          const parts = each.members.map(({ rank }) => taken.get(rank)?.get(each))
          if (parts.some((part) => part === undefined)) continue
          const sums = dequantise(ring, classSum(suite, own, each, parts as MaskedVector[]))
          const weight = each.members.reduce(
            (sum, { rank }) => sum + roll.weight(self, rank, round),
            0,
          )
          for (const [i, k] of each.coordinates.entries()) {
            delta[k] = scale * sums[i]! - weight * coefficients[k]!
          }
          const maskers = each.members.length - 1
          least.maskers = Math.min(least.maskers, maskers)
          least.sum += maskers * each.coordinates.length
          adopted += each.coordinates.length
        }
      } catch (error) {
        if (!(error instanceof SumRefusedError)) throw error
        adopted = 0
        return result(error.message)
      }
      return result('no coordinate was sent by enough neighbours that were all heard')
    }
  }
}

/** A sum with its classes, where it can have any. */
function withClasses(
  opened: { readonly sum: Sum } | NoSum,
  sets: ByRank<Selection>,
  size: number,
): { readonly sum: Sum; readonly classes: Classes } | NoSum {
  if (!('sum' in opened)) return opened
  try {
    const indices = mapped(sets, (set) => set.indices)
    return { ...opened, classes: classesOf(opened.sum, indices, size) }
  } catch (error) {
    if (!(error instanceof SumRefusedError)) throw error
    return { outcome: 'refused', reason: error.message }
  }
}

function partsOf({ classes }: Classes, rank: number): readonly Class[] {
  return classes.filter(({ members }) => members.some((member) => member.rank === rank))
}

function joinedParts(vectors: readonly MaskedVector[]): Parts {
  return {
    words: concat(...vectors.map(({ words }) => bytesOf(words))),
    sums: concat(...vectors.map(({ sums }) => bytesOf(sums))),
  }
}

/** Undefined where the bytes are not those of these classes. */
function readParts(
  { words, sums }: Parts,
  classes: readonly Class[],
  width: 32 | 16,
): ReadonlyMap<Class, MaskedVector> | undefined {
  const lengths = classes.map(({ coordinates }) => (coordinates.length * width) / 8)
  const total = lengths.reduce((sum, length) => sum + length, 0)
  if (words.length !== total || sums.length !== 8 * classes.length) return undefined
  const parts = new Map<Class, MaskedVector>()
  let at = 0
  for (const [i, each] of classes.entries()) {
    parts.set(each, {
      words: wordsOf(width, words.subarray(at, at + lengths[i]!)),
      sums: wordsOf(32, sums.subarray(8 * i, 8 * i + 8)) as MaskedVector['sums'],
    })
    at += lengths[i]!
  }
  return parts
}

function setBytes(set: Selection): number {
  return set.seed === undefined ? encodeSet(set).length : 0
}

/** What all senders must agree on: everybody's set, in the order of the participants. */
function setsHash(sets: ByRank<Selection>, participants: readonly number[]): Uint8Array {
  return sha256(concat(...participants.map((rank) => sha256(encodeSet(sets.get(rank)!)))))
}
