/**
 * What a receiver may try in order to learn one neighbour's vector; numbers are those of the threat list in SECURITY.md.
 * Attacks on what arrives are made twice, without masks, where they must succeed, and with them, where they must
 * fail: so the attack itself is known to work. Attacks by lies must end with nothing being sent or opened.
 */
import { describe, expect, test } from 'vitest'
import {
  addWords,
  applyMasks,
  bytesOf,
  PAIR_BYTES,
  pairMask,
  type StreamKey,
  selfKey,
  subtractWords,
  type Words,
} from '../../crypto/index.ts'
import { nativeSuite } from '../../daemon/crypto/index.ts'
import { type PrivacyOptions, shareSchema } from '../../src/sharing/index.ts'
import {
  confirmLetter,
  keysLetter,
  ranksLetter,
  revealLetter,
  rosterLetter,
  vectorLetter,
} from '../../src/sharing/private/letter.ts'
import { halfToEven } from '../reference/literal-private-round.ts'
import {
  complete,
  type PrivateWorld,
  privateWorld,
  SIZE,
  type Wire,
} from '../support/private-world.ts'

/** Phases of an epoch's first round; in any other, keys are left out. */
const KEYS = 0
const ROSTER = 1
const CONFIRM = 2
const VECTOR = 4
const SURVIVORS = 5
const VOTE = 6
const REVEAL = 8

const RECEIVER = 0
const VICTIM = 1
const honest: Wire = ({ bytes }) => bytes

function world(privacy: Partial<PrivacyOptions> = {}): PrivateWorld {
  return privateWorld({
    neighbours: complete(4),
    share: shareSchema.parse({ method: 'full' }),
    privacy: { minMaskers: 1, cooldown: 0, ...privacy },
  })
}

/** What the receiver gets in a phase, by sender; letters of no bytes left out. */
function inbox(here: PrivateWorld, round: number, phase: number, wire: Wire = honest) {
  const heard = new Map<number, Uint8Array>()
  const results = here.run(round, (letter) => {
    const isOurs = letter.phase === phase && letter.to === RECEIVER
    if (isOurs && letter.bytes.length > 0) heard.set(letter.from, letter.bytes)
    return wire(letter)
  })
  return { heard, privacy: results[RECEIVER]!.privacy }
}

/** The receiver's letters of one phase to one sender, changed. */
function lie(phase: number, to: number, change: (bytes: Uint8Array) => Uint8Array): Wire {
  return (letter) =>
    letter.phase === phase && letter.from === RECEIVER && letter.to === to
      ? change(letter.bytes)
      : letter.bytes
}

const flipped = (bytes: Uint8Array) => bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte))

const readVector = (bytes: Uint8Array | undefined) => vectorLetter(32, SIZE).decode(bytes!).words

/** The victim's vector in the ring. */
function plainWords(here: PrivateWorld): Int32Array {
  return Int32Array.from(here.model(VICTIM, 0), (value) => halfToEven(value * 2 ** 23))
}

/** Share of the words of `guess` that are the victim's own, 0 to 1. */
function recovered(guess: Words, here: PrivateWorld): number {
  const plain = plainWords(here)
  return plain.filter((word, i) => word === guess[i]).length / plain.length
}

/** Takes the mask off a vector of the victim that it shares with a partner, from its revealed keys. */
function liftPair(words: Words, here: PrivateWorld, partner: number, keys: Uint8Array): void {
  const stream: StreamKey = { key: keys.subarray(0, 32), nonce: keys.subarray(32, PAIR_BYTES / 2) }
  const id = (rank: number) => here.roll.keyOf(rank)!
  applyMasks(nativeSuite, words, [pairMask(stream, id(partner), id(VICTIM))])
}

function liftSelf(words: Words, seed: Uint8Array): void {
  applyMasks(nativeSuite, words, [{ ...selfKey(nativeSuite, seed, 'mask'), sign: -1 }])
}

describe.each(['off-same-ring', 'cesar'] as const)(
  'what arrives, masking %s',
  (secureAggregation) => {
    const isMasked = secureAggregation === 'cesar'
    const success = isMasked ? 0 : 1
    const vectorPhase = isMasked ? VECTOR : 0
    const create = () => world({ secureAggregation })

    test('(9) the vector is read from its letter', () => {
      const here = create()
      const { heard } = inbox(here, 0, vectorPhase)
      expect(recovered(readVector(heard.get(VICTIM)), here)).toBe(success)
    })

    test('(9) no letter of the victim holds four bytes of its vector', () => {
      const here = create()
      const words = plainWords(here)
      const needles = [...words].map((word) => Buffer.from(bytesOf(Int32Array.of(word))))
      let found = 0
      here.run(0, ({ from, bytes }) => {
        if (from === VICTIM)
          found += needles.filter((needle) => Buffer.from(bytes).includes(needle)).length
        return bytes
      })
      // One in 2^32 places would do by chance.
      expect(found > 0).toBe(!isMasked)
    })

    test('(10) its letter comes late, after the others opened their masks with it', () => {
      const here = create()
      const reveals = new Map<number, Uint8Array>()
      const { heard, privacy } = inbox(here, 0, vectorPhase, (letter) => {
        const { phase, from, to, bytes } = letter
        if (phase === REVEAL && to === RECEIVER && bytes.length > 0) reveals.set(from, bytes)
        return phase === vectorPhase && from === VICTIM && to === RECEIVER ? null : bytes
      })
      expect(privacy).toMatchObject({ outcome: 'adopted', survivors: 2 })
      const late = readVector(heard.get(VICTIM))
      for (const [partner, bytes] of reveals) {
        liftPair(late, here, partner, revealLetter.decode(bytes).pairs.get(VICTIM)!)
      }
      expect(recovered(late, here)).toBe(success)
      if (!isMasked) return
      // All that is left on it is the mask of its own, which it opened for nobody.
      const opened = here.secrets[VICTIM]!.filter((secret) => secret.length === 32).map((seed) => {
        const copy = late.slice()
        liftSelf(copy, seed)
        return recovered(copy, here)
      })
      expect(Math.max(...opened)).toBe(1)
    })

    test('(11) the round is made again without it, and the two sums are subtracted', () => {
      const here = create()
      const all = inbox(here, 0, vectorPhase).heard
      const again = inbox(here, 0, vectorPhase).heard
      again.delete(VICTIM)
      const difference = new Int32Array(SIZE)
      for (const bytes of all.values()) addWords(difference, readVector(bytes))
      for (const bytes of again.values()) subtractWords(difference, readVector(bytes))
      expect(recovered(difference, here)).toBe(success)
      expect(again.size).toBe(isMasked ? 0 : 2)
    })
  },
)

describe('(12) the receiver tells its senders different things', () => {
  const participants = (ranks: readonly number[]) => (bytes: Uint8Array) =>
    rosterLetter.encode({ ...rosterLetter.decode(bytes), participants: ranks })

  test('of the participants: nobody sends', () => {
    const { heard, privacy } = inbox(world(), 0, VECTOR, lie(ROSTER, VICTIM, participants([1, 2])))
    expect(heard.size).toBe(0)
    expect(privacy.outcome).toBe('refused')
  })

  test('of the survivors: nobody opens a mask', () => {
    const others = () => ranksLetter.encode([1, 2])
    const { heard, privacy } = inbox(world(), 0, REVEAL, lie(SURVIVORS, VICTIM, others))
    expect(heard.size).toBe(0)
    expect(privacy.outcome).toBe('refused')
  })

  test('of their number: a sender knows itself how many must mask it', () => {
    const here = world({ minMaskers: 2 })
    const { heard } = inbox(here, 0, VECTOR, (letter) =>
      letter.phase === ROSTER && letter.from === RECEIVER
        ? participants([1, 2])(letter.bytes)
        : letter.bytes,
    )
    expect(heard.size).toBe(0)
  })

  test.each([[[1]], [[1, 2, 9]], [[2, 3]]])('survivors %j get no vote', (ranks) => {
    const wire = lie(SURVIVORS, VICTIM, () => ranksLetter.encode(ranks))
    expect(inbox(world(), 0, VOTE, wire).heard.has(VICTIM)).toBe(false)
  })

  test('a node that was left out comes back within the epoch: nobody sends', () => {
    const here = world()
    inbox(here, 0, VECTOR, (letter) =>
      letter.phase === ROSTER && letter.from === RECEIVER && letter.bytes.length > 0
        ? letter.to === 3
          ? new Uint8Array(0)
          : participants([1, 2])(letter.bytes)
        : letter.bytes,
    )
    const { heard } = inbox(here, 1, VECTOR - 1, (letter) =>
      letter.phase === ROSTER - 1 && letter.from === RECEIVER
        ? rosterLetter.encode({ participants: [1, 2, 3], announcements: new Map() })
        : letter.bytes,
    )
    expect(heard.has(1) || heard.has(2)).toBe(false)
  })
})

test('a node whose tags are wrong spoils the sum, and the others say which one it was', () => {
  const here = world()
  const results = here.run(0, (letter) => {
    if (letter.phase !== CONFIRM || letter.from !== 3 || letter.bytes.length === 0)
      return letter.bytes
    const tags = new Map(
      [...confirmLetter(0).decode(letter.bytes).tags].map(([rank, tag]) => [rank, flipped(tag)]),
    )
    return confirmLetter(0).encode({ tags })
  })
  for (const sender of [1, 2]) {
    expect(results[sender]!.privacy.refusals).toEqual([
      'node 3 sees another sum, or holds another key',
    ])
  }
  expect(results[RECEIVER]!.privacy.outcome).toBe('refused')
})

describe('(13) the receiver passes on another key for node 2', () => {
  /** Whether the victim sends. */
  function sends(here: PrivateWorld, round: number, forged: Uint8Array | undefined): boolean {
    const wire = lie(ROSTER, VICTIM, (bytes) => {
      const { participants, announcements } = rosterLetter.decode(bytes)
      const changed = new Map(announcements)
      if (forged === undefined) changed.delete(2)
      else changed.set(2, forged)
      return rosterLetter.encode({ participants, announcements: changed })
    })
    return inbox(here, round, VECTOR, wire).heard.has(VICTIM)
  }

  /** Everybody's announcement in an epoch's first round. */
  function announced(here: PrivateWorld): Uint8Array[] {
    const envelopes: Uint8Array[] = []
    here.run(0, ({ phase, from, bytes }) => {
      if (phase === KEYS) envelopes[from] = keysLetter.decode(bytes).slice()
      return bytes
    })
    return envelopes
  }

  test('its own, another node’s, a damaged one or none: the victim sends nothing', () => {
    const envelopes = announced(world())
    const damaged = envelopes[2]!.slice()
    damaged[damaged.length - 40]! ^= 1
    for (const forged of [envelopes[RECEIVER], envelopes[3], damaged, undefined]) {
      expect(sends(world(), 0, forged)).toBe(false)
    }
    expect(sends(world(), 0, envelopes[2])).toBe(true)
  })

  test('one of an earlier epoch: the victim sends nothing', () => {
    const here = world({ epochRounds: 1 })
    const [, , old] = announced(here)
    expect(sends(here, 1, old)).toBe(false)
  })
})

describe('(14) what was sent comes back', () => {
  test('a vector or a vote of an earlier round: no sum', () => {
    for (const phase of [VECTOR, VOTE]) {
      const here = world()
      const { heard } = inbox(here, 0, phase)
      const { privacy } = inbox(here, 1, REVEAL, (letter) =>
        letter.phase === phase - 1 && letter.to === RECEIVER && letter.from === VICTIM
          ? heard.get(VICTIM)!
          : letter.bytes,
      )
      expect(privacy.outcome).toBe('refused')
    }
  })

  test('a sender that starts anew from a checkpoint sends nothing until the next epoch', () => {
    const here = world({ epochRounds: 3 })
    for (const round of [0, 1]) here.run(round)
    here.restart(VICTIM)
    const before = here.claims.length
    for (const round of [0, 1, 2]) here.run(round, honest, (rank) => rank === VICTIM || round === 2)
    const later = here.claims.slice(before).filter((slot) => slot.split(':')[1] === `${VICTIM}`)
    expect(later).toEqual([])
    const back = here.run(3)
    expect(back.map((result) => result!.privacy.survivors)).toEqual([3, 3, 3, 3])
    expect(new Set(here.claims).size).toBe(here.claims.length)
  })
})

describe('(15) senders collude with the receiver', () => {
  /** Two runs of the same nodes with the same secrets: in one the victim opens its own mask, in the other its partners theirs. */
  function known() {
    const here = world()
    const reveals = new Map<number, Uint8Array>()
    const { heard } = inbox(here, 0, VECTOR, (letter) => {
      if (letter.phase === REVEAL && letter.to === RECEIVER) reveals.set(letter.from, letter.bytes)
      return letter.bytes
    })
    const { heard: opened } = inbox(world(), 0, REVEAL, (letter) =>
      letter.phase === VECTOR && letter.from === VICTIM && letter.to === RECEIVER
        ? null
        : letter.bytes,
    )
    const vector = readVector(heard.get(VICTIM))
    liftSelf(vector, revealLetter.decode(reveals.get(VICTIM)!).seed)
    const keysOf = (partner: number) => revealLetter.decode(opened.get(partner)!).pairs.get(VICTIM)!
    return { here, vector, keysOf }
  }

  test.each([
    ['nobody', [], 0],
    ['one of the victim’s two partners', [2], 0],
    ['both: the victim is alone with them', [2, 3], 1],
  ] as const)('%s', (_, colluders, expected) => {
    const { here, vector, keysOf } = known()
    for (const colluder of colluders) liftPair(vector, here, colluder, keysOf(colluder))
    expect(recovered(vector, here)).toBe(expected)
  })
})

test('(16) a participant that the signed graph does not have makes everybody refuse', () => {
  const here = privateWorld({
    neighbours: [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2], []],
    share: shareSchema.parse({ method: 'full' }),
    privacy: { minMaskers: 1, cooldown: 0 },
  })
  const { heard } = inbox(here, 0, VECTOR, (letter) =>
    letter.phase === ROSTER && letter.from === RECEIVER && letter.bytes.length > 0
      ? rosterLetter.encode({ ...rosterLetter.decode(letter.bytes), participants: [1, 2, 3, 4] })
      : letter.bytes,
  )
  expect(heard.size).toBe(0)
})
