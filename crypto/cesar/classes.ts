/**
 * Sums where each sender chose its coordinates by itself, as in the paper. For a receiver and a round let C(c) be those
 * participants whose sets hold coordinate c. A coordinate with |C(c)| ≤ s is dropped: too few would mask it. The others
 * fall into classes of equal C, at most 2^|P|, and each class is summed like a vector of its own among its members, with keys of
 * its own. All participants derive the same classes from the same sets.
 */
import { participantsHash } from '../key-schedule.ts'
import { SumRefusedError } from './errors.ts'
import type { ByRank, Party, Sum } from './terms.ts'

/** Coordinates with the same contributors. */
export interface Class {
  /** Ascending in rank. */
  readonly members: readonly Party[]
  /** Ascending. */
  readonly coordinates: Uint32Array
}

export interface Classes {
  /** The same order at every participant. */
  readonly classes: readonly Class[]
  /** Values that senders chose, all together. */
  readonly chosen: number
  /** Those of them that are dropped. */
  readonly dropped: number
}

/** More participants than bits would need wider words; rings hold fewer in any case. */
export const MOST_CHOOSERS = 31

/**
 * @param sets by participant, its coordinates, ascending and below `size`
 * @throws {SumRefusedError} with more than 31 participants
 */
export function classesOf(sum: Sum, sets: ByRank<Uint32Array>, size: number): Classes {
  const { participants, minMaskers } = sum
  if (participants.length > MOST_CHOOSERS) {
    throw new SumRefusedError(
      `at most ${MOST_CHOOSERS} participants choose their coordinates themselves`,
    )
  }
  const contributors = new Uint32Array(size)
  let chosen = 0
  for (const [place, { rank }] of participants.entries()) {
    const set = sets.get(rank)!
    for (const coordinate of set) contributors[coordinate]! |= 1 << place
    chosen += set.length
  }
  const counts = new Map<number, number>()
  for (const bits of contributors) counts.set(bits, (counts.get(bits) ?? 0) + 1)
  const membersOf = (bits: number) => participants.filter((_, place) => (bits >>> place) & 1)
  const kept = new Map<number, { readonly into: Uint32Array; filled: number }>()
  let dropped = 0
  for (const [bits, count] of counts) {
    const members = membersOf(bits).length
    if (members > minMaskers) kept.set(bits, { into: new Uint32Array(count), filled: 0 })
    else dropped += members * count
  }
  for (const [coordinate, bits] of contributors.entries()) {
    const list = kept.get(bits)
    if (list !== undefined) list.into[list.filled++] = coordinate
  }
  const classes = [...kept]
    .sort(([a], [b]) => a - b)
    .map(([bits, { into }]) => ({ members: membersOf(bits), coordinates: into }))
  return { classes, chosen, dropped }
}

/** What the keys of a class are bound to besides its round. */
export function classTagOf({ members }: Class): Uint8Array {
  return participantsHash(members.map(({ id }) => id))
}
