/** From fixed keys to masked words, against what tests/vectors/masks.py worked out with code of its own. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  addWords,
  announce,
  applyMaskAt,
  applyMasks,
  type CipherSuite,
  checksum,
  confirmationTag,
  createIdentity,
  fromHex,
  inverse,
  type MaskContext,
  newWords,
  pairKey,
  pairMask,
  participantsHash,
  pureSuite,
  quantise,
  type Ring,
  ratchet,
  type SignedAnnouncement,
  selfKey,
  selfMask,
  streamKey,
  toHex,
  verifyChecksum,
} from '../../crypto/index.ts'
import { nativeSuite } from '../../daemon/crypto/index.ts'

interface Vectors {
  readonly runId: string
  readonly epoch: number
  readonly round: number
  readonly attempt: number
  readonly classTag: string
  readonly minMaskers: number
  readonly cases: readonly Case[]
}

interface Case {
  readonly ring: Ring
  readonly nodes: readonly Record<'seed' | 'secret' | 'boot' | 'id' | 'envelope', string>[]
  readonly participants: string
  readonly indices: string
  readonly checksumSeed: string
  readonly pairs: readonly Pair[]
  readonly messages: readonly Message[]
  readonly sum: readonly number[]
}

interface Pair
  extends Readonly<
    Record<
      'chainKey' | 'roundKey' | 'mask' | 'share' | 'checksum' | 'confirmation' | 'keystream',
      string
    >
  > {
  /** The senders' numbers, that of the lower id first. */
  readonly pair: readonly [number, number]
}

interface Message {
  readonly values: readonly number[]
  readonly words: readonly number[]
  readonly checksum: readonly number[]
  readonly selfSeed: string
  readonly masked: readonly number[]
  readonly maskedChecksum: readonly number[]
}

const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../vectors/masks.json', import.meta.url), 'utf8'),
)
const runs = [pureSuite, nativeSuite].flatMap((suite) =>
  vectors.cases.map((vector) => ({ name: suite.name, width: vector.ring.width, suite, vector })),
)

describe.each(runs)('the $name primitives in the ring of $width bits', ({ suite, vector }) => {
  const nodes = vector.nodes.map((node) => announcement(suite, vector, node))
  const [receiver, ...senders] = nodes.map(({ signer }) => signer)
  const chains = vector.pairs.map((pair) => roundKey(suite, vector, nodes, pair))

  const context = (pair: Pair): MaskContext => ({
    round: vectors.round,
    receiver: receiver!,
    pair: [senders[pair.pair[1]]!, senders[pair.pair[0]]!],
    participants: participantsHash(senders.toReversed()),
    classTag: fromHex(vectors.classTag),
    indices: fromHex(vector.indices),
    width: vector.ring.width,
    attempt: vectors.attempt,
  })

  test('announcements are the same bytes', () => {
    expect(nodes.map(({ envelope }) => toHex(envelope))).toEqual(
      vector.nodes.map(({ envelope }) => envelope),
    )
    expect(nodes.map(({ signer }) => toHex(signer))).toEqual(vector.nodes.map(({ id }) => id))
  })

  test('both ends of each pair arrive at its keys', () => {
    expect(toHex(participantsHash(senders))).toBe(vector.participants)
    for (const [i, pair] of vector.pairs.entries()) {
      expect(toHex(chains[i]!)).toBe(pair.roundKey)
      for (const purpose of ['mask', 'share', 'checksum'] as const) {
        const { key, nonce } = streamKey(suite, chains[i]!, purpose, context(pair))
        expect(toHex(key) + toHex(nonce), purpose).toBe(pair[purpose])
      }
      const tag = confirmationTag(suite, chains[i]!, context(pair), senders[pair.pair[0]]!)
      expect(toHex(tag)).toBe(pair.confirmation)
      const { key, nonce } = streamKey(suite, chains[i]!, 'mask', context(pair))
      expect(toHex(suite.keystream(key, nonce).next(64))).toBe(pair.keystream)
    }
  })

  const masksOf = (sender: number, purpose: 'mask' | 'checksum') => [
    selfMask(selfKey(suite, fromHex(vector.messages[sender]!.selfSeed), purpose)),
    ...vector.pairs.flatMap((pair, i) => {
      if (!pair.pair.includes(sender)) return []
      const peer = pair.pair[0] === sender ? pair.pair[1] : pair.pair[0]
      const key = streamKey(suite, chains[i]!, purpose, context(pair))
      return [pairMask(key, senders[sender]!, senders[peer]!)]
    }),
  ]

  test('values become words, words and checksums are masked', () => {
    for (const [sender, message] of vector.messages.entries()) {
      const { words, clipped } = quantise(vector.ring, Float32Array.from(message.values))
      expect([...words]).toEqual(message.words)
      expect(clipped).toBeGreaterThan(0)
      const sums = checksum(suite, words, fromHex(vector.checksumSeed))
      expect([...sums]).toEqual(message.checksum)
      applyMasks(suite, words, masksOf(sender, 'mask'))
      expect([...words]).toEqual(message.masked)
      applyMasks(suite, sums, masksOf(sender, 'checksum'))
      expect([...sums]).toEqual(message.maskedChecksum)
    }
  })

  test('laying on masks at all places in order is the same as laying them on whole', () => {
    const { words } = quantise(vector.ring, Float32Array.from(vector.messages[0]!.values))
    const everywhere = Uint32Array.from(words.keys())
    for (const mask of masksOf(0, 'mask')) applyMaskAt(suite, words, everywhere, mask)
    expect([...words]).toEqual(vector.messages[0]!.masked)
  })

  test('the masked vectors sum to the plain sum, and the checksum fits', () => {
    const sum = newWords(vector.ring.width, vector.sum.length)
    const sums = new Int32Array(2)
    for (const [sender, { masked, maskedChecksum }] of vector.messages.entries()) {
      const words = newWords(vector.ring.width, masked.length)
      words.set(masked)
      addWords(sum, words)
      addWords(sums, Int32Array.from(maskedChecksum))
      applyMasks(suite, sum, [inverse(masksOf(sender, 'mask')[0]!)])
      applyMasks(suite, sums, [inverse(masksOf(sender, 'checksum')[0]!)])
    }
    expect([...sum]).toEqual(vector.sum)
    expect(() => verifyChecksum(suite, sum, sums, fromHex(vector.checksumSeed))).not.toThrow()
  })
})

function announcement(
  suite: CipherSuite,
  { ring }: Case,
  { seed, secret, boot }: Case['nodes'][number],
): SignedAnnouncement {
  return announce(createIdentity(fromHex(seed)), {
    runId: fromHex(vectors.runId),
    epoch: vectors.epoch,
    bootNonce: fromHex(boot),
    publicKey: suite.agreementKey(fromHex(secret)).publicKey,
    ring,
    minMaskers: vectors.minMaskers,
  })
}

/** The chain key of the vectors' round, as either end finds it. */
function roundKey(
  suite: CipherSuite,
  vector: Case,
  [, ...senders]: readonly SignedAnnouncement[],
  { pair, chainKey }: Pair,
): Uint8Array {
  const [own, other] = pair.map((sender) => {
    const secret = fromHex(vector.nodes[sender + 1]!.secret)
    return { key: suite.agreementKey(secret), announcement: senders[sender]! }
  })
  let chain = pairKey(suite, own!.key, own!.announcement, other!.announcement)
  expect(toHex(chain)).toBe(chainKey)
  expect(toHex(pairKey(suite, other!.key, other!.announcement, own!.announcement))).toBe(chainKey)
  for (let round = 0; round < vectors.round; round++) chain = ratchet(suite, chain)
  return chain
}
