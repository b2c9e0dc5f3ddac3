/**
 * A node's keys of one epoch: an X25519 key of its own, drawn for this epoch and this process, and a chain of keys with
 * every node that sends to a common receiver. They live in memory only. The key of its own is gone when all chains of the
 * epoch are agreed on, in its first round; chains move on with each round, cannot be wound back and are wiped with the epoch.
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
  /** Null once all chains are agreed on. */
  #own: AgreementKey | null
  readonly #seen: SignedAnnouncement[]
  readonly #chains = new Map<number, Chain>()

  constructor(init: EpochInit) {
    const { suite, identity, parameters, runId, epoch, secret, bootNonce } = init
    this.#init = init
    const own = suite.agreementKey(secret)
    this.#own = own
    wipe(secret)
    this.announcement = announce(identity, {
      ...parameters,
      runId,
      epoch,
      bootNonce,
      publicKey: own.publicKey,
    })
    this.#seen = [this.announcement]
  }

  /**
   * Agrees on a chain with a partner, whoever relayed its announcement. The first one of an epoch counts.
   * @throws {SumRefusedError} unless the partner itself signed it, for this run and epoch, before `seal`
   */
  admit({ rank, id }: Party, envelope: Uint8Array): void {
    const known = this.#chains.get(rank)
    if (known !== undefined) {
      if (equal(known.envelope, envelope)) return
      throw new SumRefusedError(`node ${rank} is shown with two mask keys in one epoch`)
    }
    const { suite, firstRound } = this.#init
    const own = this.#own
    if (own === null) {
      throw new SumRefusedError(`the mask key of node ${rank} comes after the epoch's first round`)
    }
    try {
      const accepted = this.#accept(id, envelope)
      const key = pairKey(suite, own, this.announcement, accepted)
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

  /** No further chain is agreed on: the X25519 secret is wiped, so that whoever takes it later opens nothing. */
  seal(): void {
    this.#own?.wipe()
    this.#own = null
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

  /** Moves all chains on to `round`: nothing of earlier rounds can be opened from then on. */
  moveOn(round: number): void {
    for (const rank of this.#chains.keys()) this.chainKey(rank, round)
  }

  /** Wipes all keys. */
  close(): void {
    this.seal()
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
