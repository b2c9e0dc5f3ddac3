/**
 * What masking costs a node, beside the floor that it cannot go under: the key stream, and one addition a word.
 * Everything is measured in turns, and the fastest turn of each counts, because what others do on the machine only ever
 * adds. A long task is measured step by step, for no busy machine leaves it alone from beginning to end.
 */
import {
  acceptAnnouncement,
  addWords,
  announce,
  applyMasks,
  CHECKSUM_WORDS,
  type Checksum,
  type CipherSuite,
  checksum,
  createIdentity,
  dequantise,
  type Mask,
  type MaskContext,
  pairKey,
  pairMask,
  participantsHash,
  pureSuite,
  quantise,
  type Ring,
  ratchet,
  type SignedAnnouncement,
  sha256,
  streamKey,
  verifyChecksum,
  type Words,
} from '../../crypto/index.ts'
import { AREA, PIECE_BYTES, ringKernels } from '../../crypto/kernels/ring-kernels.ts'
import { nativeSuite } from '../../daemon/crypto/index.ts'
import { type Bench, row } from './bench.ts'

const WORDS = 1_000_000
const TURNS = 101
const NEIGHBOURS = 4
/** With whom a vector is masked: the receiver's other neighbours. */
const PARTNERS = NEIGHBOURS - 1
/** d · (d − 1) nodes share a neighbour with a node of a graph of degree 8. */
const EPOCH_PAIRS = 56
const KEY_TURNS = 7

const ring: Ring = { width: 32, fractionBits: 23, clip: 16 }
const narrowRing: Ring = { width: 16, fractionBits: 13, clip: 0.5 }
const bytes = (fill: number, length = 32) => new Uint8Array(length).fill(fill)

const values = Float32Array.from({ length: WORDS }, (_, i) => Math.sin(i) * 0.4)
const words: Words = quantise(ring, values).words
const mask: Mask = { key: bytes(7), nonce: bytes(8, 12), sign: 1 }
const vector = new Int32Array(WORDS)
const narrowVector = new Int16Array(WORDS)

/** A task, or its steps in order. */
type Task = (() => unknown) | readonly (() => unknown)[]

export const masks: Bench = async (say) => {
  say(`each measured ${TURNS} times, in turns; the fastest counts`)
  const best = inTurns({
    stream: () => {
      const pad = nativeSuite.keystream(mask.key, mask.nonce)
      for (let at = 0; at < 4 * WORDS; at += PIECE_BYTES) {
        pad.next(Math.min(PIECE_BYTES, 4 * WORDS - at))
      }
    },
    adding: () => {
      const { add32 } = ringKernels()
      for (let at = 0; at < 4 * WORDS; at += PIECE_BYTES) add32(AREA.a, AREA.b, PIECE_BYTES)
    },
    native: () => applyMasks(nativeSuite, vector, [mask]),
    three: () => applyMasks(nativeSuite, vector, [mask, mask, mask]),
    four: () => applyMasks(nativeSuite, vector, [mask, mask, mask, mask]),
    narrow: () => applyMasks(nativeSuite, narrowVector, [mask]),
    pure: () => applyMasks(pureSuite, vector, [mask]),
    quantising: () => quantise(ring, values, undefined, vector),
    stochastic: () => quantise(narrowRing, values, nativeSuite.keystream(mask.key, mask.nonce)),
    dequantising: () => dequantise(ring, words),
    checking: () => checksum(nativeSuite, words, mask.key),
    adopting: () => addWords(vector, words),
    round: nodeRound(),
  })
  say(`keys of an epoch with ${EPOCH_PAIRS} pairs`)
  const keys = inTurns({ native: epochKeys(nativeSuite), pure: epochKeys(pureSuite) }, KEY_TURNS)
  const floor = best.stream + best.adding
  return [
    row('floor: ChaCha20 key stream of 10^6 words', best.stream, 'ms'),
    row('floor: one SIMD addition of 10^6 words', best.adding, 'ms'),
    row("one pair's mask, native, aim 1.6 ms", best.native, 'ms', floor),
    row("three pairs' masks in one pass, native, aim 4.8 ms", best.three, 'ms', 3 * floor),
    row("one pair's mask on 16-bit words, native", best.narrow, 'ms', floor / 2),
    row("one pair's mask, pure JavaScript", best.pure, 'ms', 20),
    row('quantising 10^6 values', best.quantising, 'ms', 0.5),
    row('quantising stochastically, with its key stream', best.stochastic, 'ms'),
    row('dequantising', best.dequantising, 'ms'),
    row('checksum of 10^6 words', best.checking, 'ms'),
    row('adding a received vector', best.adopting, 'ms'),
    row('a node and round, d = 4, 10^6 words to each', best.round, 'ms', 25),
    row('double masking: a self mask on each of 4 vectors', 4 * (best.four - best.three), 'ms', 6),
    row('double masking: lifting 4 self masks from a sum', best.four, 'ms'),
    row('keys of an epoch, d = 8, native', keys.native, 'ms', 25),
    row('keys of an epoch, d = 8, pure JavaScript', keys.pure, 'ms'),
  ]
}

/** The fastest turn of each task, step by step, in milliseconds. */
function inTurns<K extends string>(
  tasks: Readonly<Record<K, Task>>,
  turns: number = TURNS,
): Record<K, number> {
  const measured = Object.entries<Task>(tasks).map(([name, task]) => {
    const steps = typeof task === 'function' ? [task] : task
    return { name, steps, best: steps.map(() => Number.POSITIVE_INFINITY) }
  })
  for (let turn = 0; turn < turns; turn++) {
    for (const { steps, best } of measured) {
      for (const [i, step] of steps.entries()) {
        const start = performance.now()
        step()
        best[i] = Math.min(best[i]!, performance.now() - start)
      }
    }
  }
  return Object.fromEntries(
    measured.map(({ name, best }) => [name, best.reduce((total, time) => total + time, 0)]),
  ) as Record<K, number>
}

/**
 * All that one node computes in a round, but for the training and its random bytes: for each receiver it
 * quantises, takes the checksum, derives keys and masks; as a receiver it sums its neighbours' vectors, checks
 * and dequantises.
 */
function nodeRound(): Task {
  const seed = sha256(bytes(1))
  const chains: Uint8Array[] = Array.from({ length: NEIGHBOURS * PARTNERS }, (_, i) => bytes(i))
  let plain = words
  let sums: Checksum = new Int32Array(CHECKSUM_WORDS)
  let sum: Words = words
  const sending = Array.from({ length: NEIGHBOURS }, (_, receiver) => {
    const own = () => chains.slice(receiver * PARTNERS, (receiver + 1) * PARTNERS)
    return [
      () => {
        plain = quantise(ring, values).words
      },
      () => {
        sums = checksum(nativeSuite, plain, seed)
      },
      () => lay(own(), receiver, 'mask', plain),
      () => lay(own(), receiver, 'checksum', sums),
    ]
  })
  return [
    ...sending.flat(),
    () => {
      for (const [i, chain] of chains.entries()) chains[i] = ratchet(nativeSuite, chain)
    },
    () => {
      sum = words.slice()
    },
    ...Array.from({ length: NEIGHBOURS - 1 }, () => () => addWords(sum, zeros)),
    () => verifyChecksum(nativeSuite, sum, expected, seed),
    () => dequantise(ring, sum),
  ]
}

const zeros = new Int32Array(WORDS)
const expected = checksum(nativeSuite, words, sha256(bytes(1)))

function lay(chains: Uint8Array[], receiver: number, purpose: 'mask' | 'checksum', to: Words) {
  const laid = chains.map((chain, partner) => {
    const [low, high] = [bytes(100 + partner), bytes(200)]
    const context: MaskContext = {
      round: 1,
      receiver: bytes(receiver),
      pair: [low, high],
      participants: participantsHash([low, high]),
      classTag: new Uint8Array(0),
      indices: bytes(3),
      width: 32,
      attempt: 0,
    }
    return pairMask(streamKey(nativeSuite, chain, purpose, context), low, high)
  })
  applyMasks(nativeSuite, to, laid)
}

/** One node's share: its own key, and for each partner the signature, the agreement and the chain key. */
function epochKeys(suite: CipherSuite): Task {
  const parameters = { runId: bytes(1), epoch: 3, ring, minMaskers: 2 }
  const [own, ...partners] = Array.from({ length: EPOCH_PAIRS + 1 }, (_, i) =>
    announce(createIdentity(bytes(i)), {
      ...parameters,
      bootNonce: bytes(i, 16),
      publicKey: nativeSuite.agreementKey(bytes(i + 1)).publicKey,
    }),
  )
  let key = suite.agreementKey(bytes(1))
  let seen: SignedAnnouncement[] = []
  return [
    () => {
      key = suite.agreementKey(bytes(1))
      seen = [own!]
    },
    ...partners.map(({ envelope, signer }) => () => {
      const accepted = acceptAnnouncement(suite, envelope, { ...parameters, signer }, seen)
      seen.push(accepted)
      pairKey(suite, key, own!, accepted)
    }),
  ]
}
