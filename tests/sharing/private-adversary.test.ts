/**
 * What a receiver may try in order to learn one neighbour's vector; numbers are those of the threat list in SECURITY.md.
 * Every attack is made twice. Attacks on what arrives succeed without masks and fail with them. Attacks by lies end here with
 * nothing being sent or opened, and succeed on senders that mask but believe what they are told
 * (`reference/naive-sender.ts`): so each attack is known to work, and each check to be worth something.
 */
import { describe, expect, test } from 'vitest'
import { addWords, bytesOf, SEED_BYTES, sha256, subtractWords } from '../../crypto/index.ts'
import { nativeSuite } from '../../daemon/crypto/index.ts'
import { shareSchema } from '../../src/sharing/index.ts'
import type { PrivatePorts } from '../../src/sharing/private/interface.ts'
import {
  confirmLetter,
  goLetter,
  keysLetter,
  ranksLetter,
  revealLetter,
  rosterLetter,
  vectorLetter,
} from '../../src/sharing/private/letter.ts'
import { minus, NaiveSender, plus, stream, type Words } from '../reference/naive-sender.ts'
import {
  CONFIRM,
  GO,
  honest,
  inbox,
  KEYS,
  lie,
  liftPair,
  liftSelf,
  participants,
  plainWords,
  RECEIVER,
  REVEAL,
  ROSTER,
  readVector,
  recovered,
  SURVIVORS,
  VECTOR,
  VICTIM,
  VOTE,
  world,
} from '../support/private-attack.ts'
import { type PrivateWorld, SIZE } from '../support/private-world.ts'

/** The victim's vector and those of its partners in the first round, in clear. */
const [plain, ofSecond, ofThird] = [VICTIM, 2, 3].map((rank) => plainWords(world(), rank)) as [
  Words,
  Words,
  Words,
]

/** The victim and its partners, who mask these vectors and believe whatever they are told. */
function believers() {
  const [victim, second, third] = [VICTIM, 2, 3].map((rank) => believer(rank))
  return { victim: victim!, second: second!, third: third! }
}

function believer(rank: number, epoch = 0): NaiveSender {
  return new NaiveSender(rank, sha256(Uint8Array.of(rank, epoch)))
}

/** Keys as an honest receiver shows them. */
function shown(...senders: readonly NaiveSender[]): Map<number, Uint8Array> {
  return new Map(senders.map(({ rank, publicKey }) => [rank, publicKey]))
}

type Masks = readonly Words[]

/** On X25519 every secret agrees with it on zeros. */
const ZERO_POINT = new Uint8Array(32)

const flipped = (bytes: Uint8Array) => bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte))

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
      expect(recovered(readVector(heard.get(VICTIM)), plain)).toBe(success)
    })

    test('(9) no letter of the victim holds four bytes of its vector', () => {
      const here = create()
      const needles = [...plain].map((word) => Buffer.from(bytesOf(Int32Array.of(word))))
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
      expect(recovered(late, plain)).toBe(success)
      if (!isMasked) return
      // All that is left on it is the mask of its own, which it opened for nobody.
      const opened = here.secrets[VICTIM]!.filter((secret) => secret.length === 32).map((seed) => {
        const copy = late.slice()
        liftSelf(copy, seed)
        return recovered(copy, plain)
      })
      expect(Math.max(...opened)).toBe(1)
    })

    test('(10) its letter comes late, after the sum was given up', () => {
      const here = create()
      let reveals = 0
      const { heard, privacy } = inbox(here, 0, vectorPhase, (letter) => {
        const { phase, from, to, bytes } = letter
        if (phase === REVEAL && to === RECEIVER && bytes.length > 0) reveals++
        if (phase === SURVIVORS && from === RECEIVER) return null
        return phase === vectorPhase && from === VICTIM && to === RECEIVER ? null : bytes
      })
      expect(reveals).toBe(0)
      if (isMasked) expect(privacy.outcome).toBe('refused')
      const late = readVector(heard.get(VICTIM))
      expect(recovered(late, plain)).toBe(success)
      // Not even with its own mask, which nobody was told: those of its partners are still on it.
      for (const seed of here.secrets[VICTIM]!.filter((secret) => secret.length === SEED_BYTES)) {
        const copy = late.slice()
        liftSelf(copy, seed)
        expect(recovered(copy, plain)).toBe(0)
      }
    })

    test('(11) the round is made again without it, and the two sums are subtracted', () => {
      const here = create()
      const all = inbox(here, 0, vectorPhase).heard
      const again = inbox(here, 0, vectorPhase).heard
      again.delete(VICTIM)
      const difference = new Int32Array(SIZE)
      for (const bytes of all.values()) addWords(difference, readVector(bytes))
      for (const bytes of again.values()) subtractWords(difference, readVector(bytes))
      expect(recovered(difference, plain)).toBe(success)
      expect(again.size).toBe(isMasked ? 0 : 2)
    })
  },
)

describe('(12) the receiver tells its senders different things', () => {
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

  test('who believes it opens its own mask, and the others open theirs with it', () => {
    for (const isTold of ['participants', 'survivors']) {
      const { victim, second, third } = believers()
      const partners = isTold === 'participants' ? [second] : [second, third]
      const vector = victim.send(0, plain, shown(...partners))
      second.send(0, ofSecond, shown(victim, third))
      third.send(0, ofThird, shown(victim, second))
      const { own } = victim.open([victim, ...partners].map(({ rank }) => rank))
      const theirs = partners.map((partner) => partner.open([2, 3]).shared.get(VICTIM)!)
      expect(recovered(plus(minus(vector, own), ...theirs), plain)).toBe(1)
    }
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

  test('who does not count is masked by a single node, which colludes', () => {
    const { victim, second } = believers()
    const vector = victim.send(0, plain, shown(second))
    const mask = second.maskWith(victim.publicKey, 0, SIZE)
    expect(recovered(minus(vector, victim.open([1, 2]).own, mask), plain)).toBe(1)
  })

  describe('of the coordinates, so that the others send what everybody knows', () => {
    const scoreBlock = 8
    const blockCount = Math.ceil(SIZE / scoreBlock)
    const go = goLetter(blockCount)

    test('their masks do not cancel, and nobody opens any', () => {
      const here = world(
        { indices: 'summed-energy', scoreBlock },
        { share: shareSchema.parse({ method: 'jwins', alphas: [0.4], wavelet: false }) },
      )
      let asked: number[] = []
      let known: number[] = []
      const vectors = new Map<number, Uint8Array>()
      const { heard: reveals } = inbox(here, 0, REVEAL, ({ phase, from, to, bytes }) => {
        if (phase === VECTOR && to === RECEIVER) vectors.set(from, bytes)
        if (phase !== GO || from !== RECEIVER) return bytes
        const { tags, blocks } = go.decode(bytes)
        asked = coordinatesOf(blocks!)
        if (to === VICTIM) return bytes
        const others = Uint32Array.from({ length: blockCount - 1 }, (_, block) => block)
          .filter((block) => !blocks!.includes(block))
          .slice(0, blocks!.length)
        known = coordinatesOf(others)
        return go.encode({ tags, blocks: others })
      })
      expect(reveals.size).toBe(0)
      const count = (rank: number) => (rank === VICTIM ? asked : known).length
      const [vector, ...others] = [VICTIM, 2, 3].map(
        (rank) => vectorLetter(32, count(rank)).decode(vectors.get(rank)!).words as Words,
      )
      const values = [ofSecond, ofThird].map((words) => at(words, known))
      const guess = minus(plus(vector!, ...others), ...values)
      for (const rank of [VICTIM, 2, 3]) {
        // The masks of their own, which nobody opened, are no help either.
        const seed = here.secrets[rank]!.findLast((secret) => secret.length === SEED_BYTES)!
        liftSelf(guess, seed)
      }
      expect(recovered(guess, at(plain, asked))).toBe(0)
    })

    test('who binds no mask to them gives its vector away', () => {
      const { victim, second, third } = believers()
      const zeros = new Int32Array(SIZE)
      const sum = plus(
        victim.send(0, plain, shown(second, third)),
        second.send(0, zeros, shown(victim, third)),
        third.send(0, zeros, shown(victim, second)),
      )
      const own = [victim, second, third].map((sender) => sender.open([1, 2, 3]).own)
      expect(recovered(minus(sum, ...own), plain)).toBe(1)
    })

    function coordinatesOf(blocks: Uint32Array): number[] {
      const all = Array.from({ length: SIZE }, (_, k) => k)
      return all.filter((k) => blocks.includes(Math.floor(k / scoreBlock)))
    }

    const at = (words: Words, coordinates: readonly number[]) =>
      Int32Array.from(coordinates, (k) => words[k]!)
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

  test('who has forgotten that it was left out gives the difference of two sums away', () => {
    const { victim, second, third } = believers()
    const without = plus(
      second.send(0, ofSecond, shown(third)),
      third.send(0, ofThird, shown(second)),
      ...[second, third].map((sender) => sender.open([2, 3]).own.map((word) => -word)),
    )
    const all = plus(
      victim.send(1, plain, shown(second, third)),
      second.send(1, ofSecond, shown(victim, third)),
      third.send(1, ofThird, shown(victim, second)),
      ...[victim, second, third].map((sender) => sender.open([1, 2, 3]).own.map((word) => -word)),
    )
    expect(recovered(minus(all, without), plain)).toBe(1)
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

  /** A world in which some nodes lie about their own keys, under their own signatures. */
  function worldOfLiars(liars: readonly number[], lying: (ports: PrivatePorts) => PrivatePorts) {
    const ports = (rank: number, own: PrivatePorts) => (liars.includes(rank) ? lying(own) : own)
    return world({}, { ports })
  }

  /** Why the victim sends the receiver nothing. */
  function reasons(here: PrivateWorld): readonly string[] {
    const results = here.run(0)
    expect(here.claims).not.toContain(`0:${VICTIM}:${RECEIVER}`)
    return results[VICTIM]!.privacy.refusals
  }

  test('the same for two nodes, which both signed it: the victim sends nothing', () => {
    const here = worldOfLiars([2, 3], (own) => ({
      ...own,
      secret: (length) => (length === SEED_BYTES ? new Uint8Array(length) : own.secret(length)),
    }))
    expect(reasons(here)).toContainEqual(
      expect.stringMatching(/^the mask key of node 3 is refused: .* announced before$/),
    )
  })

  test('a point of low order, which node 2 signed: the victim sends nothing', () => {
    const agreementKey = (secret: Uint8Array) => ({
      ...nativeSuite.agreementKey(secret),
      publicKey: ZERO_POINT,
    })
    const here = worldOfLiars([2], (own) => ({ ...own, suite: { ...own.suite, agreementKey } }))
    expect(reasons(here)).toContainEqual(
      expect.stringMatching(/^the mask key of node 2 is refused: /),
    )
  })

  describe('who takes any key that it is shown gives its vector away', () => {
    const ZERO_SECRET = new Uint8Array(32)

    test.each<[string, (victim: NaiveSender) => { keys: readonly Uint8Array[]; masks: Masks }]>([
      [
        'the receiver’s own for both partners',
        ({ publicKey }) => {
          const receiver = believer(RECEIVER)
          const mask = receiver.maskWith(publicKey, 0, SIZE)
          return { keys: [receiver.publicKey, receiver.publicKey], masks: [mask, mask] }
        },
      ],
      [
        'those of an earlier epoch, of which the secrets got out since',
        ({ publicKey }) => {
          const old = [2, 3].map((rank) => believer(rank, 99))
          return {
            keys: old.map((partner) => partner.publicKey),
            masks: old.map((partner) => partner.maskWith(publicKey, 0, SIZE)),
          }
        },
      ],
      [
        'points of low order',
        () => {
          const mask = stream(ZERO_SECRET, 0, SIZE)
          return { keys: [ZERO_POINT, ZERO_POINT], masks: [mask, mask] }
        },
      ],
    ])('%s', (_, attack) => {
      const victim = believer(VICTIM)
      const { keys, masks } = attack(victim)
      const vector = victim.send(0, plain, new Map([2, 3].map((rank, i) => [rank, keys[i]!])))
      expect(recovered(minus(vector, victim.open([1, 2, 3]).own, ...masks), plain)).toBe(1)
    })

    test('one key for a partner before it and one after it: both masks are the same and cancel', () => {
      const victim = believer(2)
      const { publicKey } = believer(1)
      const shownTwice = new Map([1, 3].map((rank) => [rank, publicKey]))
      const vector = victim.send(0, plain, shownTwice)
      expect(recovered(minus(vector, victim.open([1, 2, 3]).own), plain)).toBe(1)
    })
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

describe('(14) a sender without journal that masks again in the same round', () => {
  /** The model that all nodes begin with: everybody knows it. */
  const initial = Int32Array.from({ length: SIZE }, (_, k) => 1000 * k)

  test('because the receiver asks for that round again: its two vectors differ by its training', () => {
    const { victim, second, third } = believers()
    const masked = [initial, plain].map((words) => {
      const vector = victim.send(0, words, shown(second, third))
      return minus(vector, victim.open([1, 2, 3]).own)
    })
    const [first, again] = masked as [Words, Words]
    expect(recovered(plus(initial, minus(again, first)), plain)).toBe(1)
  })

  test('because it crashed and begins anew, with the key that it kept: the same', () => {
    const partners = shown(believer(2), believer(3))
    const vector = believer(VICTIM).send(7, plain, partners)
    const again = believer(VICTIM).send(7, initial, partners)
    expect(recovered(plus(initial, minus(vector, again)), plain)).toBe(1)
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
    expect(recovered(vector, plain)).toBe(expected)
  })
})

test('(16) a participant that the signed graph does not have makes everybody refuse', () => {
  const neighbours = [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2], []]
  const here = world({}, { neighbours })
  const { heard } = inbox(here, 0, VECTOR, (letter) =>
    letter.phase === ROSTER && letter.from === RECEIVER && letter.bytes.length > 0
      ? participants([1, 2, 3, 4])(letter.bytes)
      : letter.bytes,
  )
  expect(heard.size).toBe(0)
})

test('(16) who takes anybody is masked by the receiver’s inventions alone, and gives its vector away', () => {
  const victim = believer(VICTIM)
  const sybils = [4, 5].map((rank) => believer(rank))
  const vector = victim.send(0, plain, shown(...sybils))
  const masks = sybils.map((sybil) => sybil.maskWith(victim.publicKey, 0, SIZE))
  expect(recovered(minus(vector, victim.open([1, 4, 5]).own, ...masks), plain)).toBe(1)
})
