/** (15) Senders that give the receiver all their keys: up to s − 1 of them never suffice, and where s + 1 are summed s do. */
import { expect, test } from 'vitest'
import { pairMaskKeys, writeKeys } from '../../crypto/cesar/mask-keys.ts'
import { maskContext } from '../../crypto/cesar/sum-context.ts'
import { DEFAULT_RING, EpochKeys, type Identity, type Party } from '../../crypto/index.ts'
import { nativeSuite as suite } from '../../daemon/crypto/index.ts'
import { privacySchema, shareSchema } from '../../src/sharing/index.ts'
import { keysLetter, revealLetter } from '../../src/sharing/private/letter.ts'
import { blocksHash } from '../../src/sharing/private/opening.ts'
import { createSelection } from '../../src/sharing/private/selection.ts'
import { sparsityOf } from '../../src/sharing/private/sparsity.ts'
import {
  KEYS,
  liftPair,
  liftSelf,
  plainWords,
  RECEIVER,
  REVEAL,
  readVector,
  recovered,
  VECTOR,
  VICTIM,
  world,
} from '../support/private-attack.ts'
import { complete, layout } from '../support/private-world.ts'

/** A first round of s + 1 senders to the receiver, with what it sees of the victim, and each partner's keys. */
function firstRound(minMaskers: number) {
  const identities: Identity[] = []
  const here = world(
    { minMaskers },
    {
      neighbours: complete(minMaskers + 2),
      ports(rank, honest) {
        identities[rank] = honest.identity
        return honest
      },
    },
  )
  const seen = new Map<number, Uint8Array>()
  here.run(0, ({ phase, from, to, bytes }) => {
    if (from === VICTIM && to === RECEIVER) seen.set(phase, bytes)
    return bytes
  })
  const party = (rank: number): Party => ({ rank, id: here.roll.keyOf(rank)! })
  const { runId } = here.roll
  const participants = here.roll.sendersTo(RECEIVER, 0).map(party)
  const sum = {
    runId,
    round: 0,
    receiver: party(RECEIVER),
    participants,
    minMaskers,
    indices: all(),
  }

  /** The keys of the mask that a partner shares with the victim, from the secrets that it has drawn. */
  function keysOf(partner: number): Uint8Array {
    const [bootNonce, secret] = here.secrets[partner]!
    const keys = new EpochKeys({
      suite,
      identity: identities[partner]!,
      parameters: { ring: DEFAULT_RING, minMaskers },
      runId,
      epoch: 0,
      firstRound: 0,
      secret: secret!.slice(),
      bootNonce: bootNonce!,
    })
    keys.admit(party(VICTIM), keysLetter.decode(seen.get(KEYS)!))
    const context = maskContext(sum, [party(partner), party(VICTIM)], 32)
    return writeKeys(pairMaskKeys(suite, keys.chainKey(VICTIM, 0), context))
  }

  const vector = readVector(seen.get(VECTOR))
  liftSelf(vector, revealLetter.decode(seen.get(REVEAL)!).seed)
  return { here, vector, keysOf, partners: participants.slice(1).map(({ rank }) => rank) }
}

/** The hash of all blocks. */
function all(): Uint8Array {
  const share = shareSchema.parse({ method: 'full' })
  const init = {
    name: 'full',
    sparsity: sparsityOf(share)!,
    privacy: privacySchema.parse({}),
    seed: 7,
  }
  const parameters = new Float32Array(layout.size)
  const round = createSelection(init).begin(parameters, null, { round: 0, layout }, () => 0)
  return blocksHash(round.drawn(RECEIVER))
}

test.each([1, 2, 3])('with s = %d of s + 1 senders', (minMaskers) => {
  const { here, vector, keysOf, partners } = firstRound(minMaskers)
  expect(partners).toHaveLength(minMaskers)
  for (const [colluders, partner] of partners.entries()) {
    expect(recovered(vector, plainWords(here)), `${colluders} of them`).toBe(0)
    liftPair(vector, here, partner, keysOf(partner))
  }
  expect(recovered(vector, plainWords(here))).toBe(1)
})
