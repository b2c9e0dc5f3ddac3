/** A receiver that attacks one of its three senders: what it sees, what it can tell them, and how much it learns. */
import {
  applyMasks,
  PAIR_BYTES,
  pairMask,
  type StreamKey,
  selfKey,
  type Words,
} from '../../crypto/index.ts'
import { nativeSuite } from '../../daemon/crypto/index.ts'
import { type PrivacyOptions, shareSchema } from '../../src/sharing/index.ts'
import { rosterLetter, vectorLetter } from '../../src/sharing/private/letter.ts'
import { halfToEven } from '../reference/literal-private-round.ts'
import {
  complete,
  type PrivateWorld,
  privateWorld,
  SIZE,
  type Wire,
  type WorldInit,
} from './private-world.ts'

/** Phases of an epoch's first round; in any other, keys are left out. */
export const KEYS = 0
export const ROSTER = 1
export const CONFIRM = 2
export const GO = 3
export const VECTOR = 4
export const SURVIVORS = 5
export const VOTE = 6
export const REVEAL = 8

export const RECEIVER = 0
export const VICTIM = 1
export const honest: Wire = ({ bytes }) => bytes

export function world(
  privacy: Partial<PrivacyOptions> = {},
  changes: Partial<WorldInit> = {},
): PrivateWorld {
  return privateWorld({
    neighbours: complete(4),
    share: shareSchema.parse({ method: 'full' }),
    privacy: { minMaskers: 1, cooldown: 0, ...privacy },
    ...changes,
  })
}

/** What the receiver gets in a phase, by sender; letters of no bytes left out. */
export function inbox(here: PrivateWorld, round: number, phase: number, wire: Wire = honest) {
  const heard = new Map<number, Uint8Array>()
  const results = here.run(round, (letter) => {
    const isOurs = letter.phase === phase && letter.to === RECEIVER
    if (isOurs && letter.bytes.length > 0) heard.set(letter.from, letter.bytes)
    return wire(letter)
  })
  return { heard, privacy: results[RECEIVER]!.privacy }
}

/** The receiver's letters of one phase to one sender, changed. */
export function lie(phase: number, to: number, change: (bytes: Uint8Array) => Uint8Array): Wire {
  return (letter) =>
    letter.phase === phase && letter.from === RECEIVER && letter.to === to
      ? change(letter.bytes)
      : letter.bytes
}

/** A roster with other participants. */
export function participants(ranks: readonly number[]) {
  return (bytes: Uint8Array) =>
    rosterLetter.encode({ ...rosterLetter.decode(bytes), participants: ranks })
}

export const readVector = (bytes: Uint8Array | undefined) =>
  vectorLetter(32, SIZE).decode(bytes!).words

/** A node's vector in the ring. */
export function plainWords(here: PrivateWorld, rank = VICTIM): Int32Array<ArrayBuffer> {
  return Int32Array.from(here.model(rank, 0), (value) => halfToEven(value * 2 ** 23))
}

/** Share of the words of `guess` that are those of `plain`, 0 to 1. */
export function recovered(guess: Words, plain: Int32Array): number {
  return plain.filter((word, i) => word === guess[i]).length / plain.length
}

/** Takes the mask off a vector of the victim that it shares with a partner, from its revealed keys. */
export function liftPair(
  words: Words,
  here: PrivateWorld,
  partner: number,
  keys: Uint8Array,
): void {
  const stream: StreamKey = { key: keys.subarray(0, 32), nonce: keys.subarray(32, PAIR_BYTES / 2) }
  const id = (rank: number) => here.roll.keyOf(rank)!
  applyMasks(nativeSuite, words, [pairMask(stream, id(partner), id(VICTIM))])
}

export function liftSelf(words: Words, seed: Uint8Array): void {
  applyMasks(nativeSuite, words, [{ ...selfKey(nativeSuite, seed, 'mask'), sign: -1 }])
}
