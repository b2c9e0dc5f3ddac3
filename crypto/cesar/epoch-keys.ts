/**
 * A node's keys of one epoch: an X25519 key of its own, drawn for this epoch and this process, and a chain of keys with
 * every node that sends to a common receiver. They live in memory only and are wiped with the epoch; chains move on
 * with each round and cannot be wound back.
 */
import { equal, wipe } from '../bytes.ts'
import { type AgreementKey, type CipherSuite, LowOrderPointError } from '../cipher-suite.ts'
import type { Identity } from '../identity.ts'
import {
  acceptAnnouncement,
  announce,
  InvalidAnnouncementError,
  type MaskParameters,
  MismatchedParametersError,
  RepeatedKeyError,
  type SignedAnnouncement,
  StaleEpochError,
  WrongRunError,
  WrongSignerError,
} from '../key-agreement.ts'
import { pairKey, ratchet } from '../key-schedule.ts'
import { SumRefusedError } from './errors.ts'
import type { Party } from './terms.ts'

export interface EpochInit {
  readonly suite: CipherSuite
  readonly identity: Identity
  readonly parameters: MaskParameters
  /** 32 bytes. */
  readonly runId: Uint8Array
  readonly epoch: number
  readonly firstRound: number
  /** 32 random bytes, wiped here. */
  readonly secret: Uint8Array
  /** 16 random bytes, the same for all epochs of a process. */
  readonly bootNonce: Uint8Array
}

interface Chain {
  readonly envelope: Uint8Array
  key: Uint8Array
  round: number
}

export class EpochKeys {
  readonly announcement: SignedAnnouncement
  readonly #init: EpochInit
  readonly #own: AgreementKey
  readonly #seen: SignedAnnouncement[]
  readonly #chains = new Map<number, Chain>()

  constructor(init: EpochInit) {
    const { suite, identity, parameters, runId, epoch, secret, bootNonce } = init
    this.#init = init
    this.#own = suite.agreementKey(secret)
    wipe(secret)
    this.announcement = announce(identity, {
      ...parameters,
      runId,
      epoch,
      bootNonce,
      publicKey: this.#own.publicKey,
    })
    this.#seen = [this.announcement]
  }

  /**
   * Agrees on a chain with a partner, whoever relayed its announcement. The first one of an epoch counts.
   * @throws {SumRefusedError} unless the partner itself signed it, for this run and epoch
   */
  admit({ rank, id }: Party, envelope: Uint8Array): void {
    const known = this.#chains.get(rank)
    if (known !== undefined) {
      if (equal(known.envelope, envelope)) return
      throw new SumRefusedError(`node ${rank} is shown with two mask keys in one epoch`)
    }
    const { suite, firstRound } = this.#init
    try {
      const accepted = this.#accept(id, envelope)
      const key = pairKey(suite, this.#own, this.announcement, accepted)
      this.#seen.push(accepted)
      this.#chains.set(rank, { envelope: accepted.envelope, key, round: firstRound })
    } catch (error) {
      throw refusal(rank, error)
    }
  }

  /**
   * Checks the announcement of a neighbour whose sum partners will be shown it.
   * @throws {SumRefusedError}
   */
  check({ rank, id }: Party, envelope: Uint8Array): void {
    try {
      this.#accept(id, envelope)
    } catch (error) {
      throw refusal(rank, error)
    }
  }

  has(rank: number): boolean {
    return this.#chains.has(rank)
  }

  /**
   * The chain key shared with a partner in `round`. Keys of earlier rounds are gone from then on.
   * @throws {SumRefusedError} where there is none
   */
  chainKey(rank: number, round: number): Uint8Array {
    const chain = this.#chains.get(rank)
    if (chain === undefined) throw new SumRefusedError(`node ${rank} has announced no mask key`)
    if (chain.round > round) throw new SumRefusedError(`the keys of round ${round} are gone`)
    for (; chain.round < round; chain.round++) chain.key = ratchet(this.#init.suite, chain.key)
    return chain.key
  }

  /** Wipes all keys. */
  close(): void {
    for (const { key } of this.#chains.values()) wipe(key)
    this.#chains.clear()
  }

  #accept(signer: Uint8Array, envelope: Uint8Array): SignedAnnouncement {
    const { suite, parameters, runId, epoch } = this.#init
    return acceptAnnouncement(suite, envelope, { ...parameters, runId, epoch, signer }, this.#seen)
  }
}

/** Reasons that lie with the other side; anything else is a fault of ours and goes on as it is. */
const REFUSALS = [
  InvalidAnnouncementError,
  WrongSignerError,
  WrongRunError,
  StaleEpochError,
  MismatchedParametersError,
  RepeatedKeyError,
  LowOrderPointError,
]

function refusal(rank: number, error: unknown): unknown {
  if (!REFUSALS.some((kind) => error instanceof kind)) return error
  return new SumRefusedError(`the mask key of node ${rank} is refused: ${(error as Error).message}`)
}
