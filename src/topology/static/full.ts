import { z } from 'zod'
import { staticTopology } from '../kind.ts'

/** Everybody talks to everybody: with uniform weights, one round of mixing is the exact mean. */
export const full = staticTopology(
  z.strictObject({ kind: z.literal('full') }).describe('Every node talks to every other.'),
  (_options, { nodes }) => {
    const ranks = Array.from({ length: nodes }, (_, i) => i)
    const neighbours = ranks.map((self) => ranks.filter((rank) => rank !== self))
    return { nodes, targets: neighbours, sources: neighbours }
  },
)
