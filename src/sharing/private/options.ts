/** The `[privacy]` table of a job file. */
import { z } from 'zod'
import { DEFAULT_RING, finestFraction, type Ring } from '../../../crypto/index.ts'

export const privacySchema = z
  .strictObject({
    secureAggregation: z
      .enum(['off', 'cesar', 'off-same-ring'])
      .default('off')
      .describe(
        'cesar: neighbours mask what they send, each node learns only the sum of its neighbours. ' +
          'off-same-ring: the same numbers without masks, for comparison in the emulator.',
      ),
    indices: z
      .enum(['summed-energy', 'public-coin', 'own'])
      .default('summed-energy')
      .describe(
        'How the coefficients of a round are chosen: where all senders to a node have most to tell ' +
          'in sum, drawn for all of them alike, or by each sender itself, which hides them for one ' +
          'round only. What a method of sharing draws at random is drawn for all alike.',
      ),
    scoreBlock: z
      .number()
      .int()
      .min(8)
      .max(4096)
      .default(16)
      .describe('summed-energy: coefficients that are chosen together.'),
    minMaskers: z
      .number()
      .int()
      .min(1)
      .max(64)
      .default(2)
      .describe(
        'Others that must mask each contribution. So many colluding nodes less one learn nothing ' +
          'of one node; with 1 a single one that colludes with the receiver does.',
      ),
    ringBits: z.literal([32, 16]).default(32).describe('Bits of a masked word.'),
    fractionBits: z
      .number()
      .int()
      .min(0)
      .max(30)
      .optional()
      .describe(
        'Bits behind the point. Default: as many as a sum of all neighbours leaves room for, at most 23.',
      ),
    clip: z
      .number()
      .positive()
      .optional()
      .describe('Larger values are cut to it. Default: 16 with 32 bits, 8 with 16.'),
    epochRounds: z
      .number()
      .int()
      .min(1)
      .default(25)
      .describe('Rounds between two key agreements; a node that was away is let in at the next.'),
    cooldown: z
      .number()
      .int()
      .min(0)
      .default(3)
      .describe('Rounds without a sum for a node after one of its neighbours went or came.'),
  })
  .describe('Secure aggregation (CESAR).')

export type PrivacyOptions = z.output<typeof privacySchema>

/** What `train.slowMomentum` is in a private run whose job does not say. Measured: docs/results, private gossip. */
export const SLOW_MOMENTUM_OF_SUMS = 0.35

/** Room for the scale of a normalisation, 1, where four levels of the transform have made 4 of it, and for as much again. */
const SHORT_CLIP = 8

/** The ring that masked words are elements of, where sums are of up to so many senders. */
export function ringOf({ ringBits, fractionBits, clip }: PrivacyOptions, senders: number): Ring {
  const largest = clip ?? (ringBits === 32 ? DEFAULT_RING.clip : SHORT_CLIP)
  const finest = Math.max(0, finestFraction(ringBits, largest, senders))
  return {
    width: ringBits,
    fractionBits: fractionBits ?? Math.min(finest, DEFAULT_RING.fractionBits),
    clip: largest,
  }
}
