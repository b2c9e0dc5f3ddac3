/**
 * EL-Local of "Epidemic Learning: Boosting Decentralized Learning with Randomized Communication", M. de Vos,
 * S. Farhadkhani, R. Guerraoui, A.-M. Kermarrec, R. Pires, R. Sharma, NeurIPS 2023, arXiv 2310.01972.
 *
 * Deviations: a node's choice comes from the run's seed, its rank and the round, so that receivers know from whom to
 * expect a model and nobody has to send "not you" messages or to wait in vain.
 */
import { z } from 'zod'
import { randomStream } from '../../numeric/random.ts'
import { ImpossibleTopologyError } from '../errors.ts'
import { directedGraph } from '../graph.ts'
import { dynamicTopology } from '../kind.ts'

/** Each node pushes to s others of its own choice: s targets each, a random number of sources, possibly none. */
export const elLocal = dynamicTopology(
  z
    .strictObject({
      kind: z.literal('el-local'),
      degree: z.number().int().min(1).describe('Nodes each node sends to (s).'),
    })
    .describe('Epidemic Learning, local: each node sends to random others each round.'),
  { undirected: false },
  ({ degree }, { nodes, seed }) => {
    if (degree >= nodes) {
      throw new ImpossibleTopologyError(
        'el-local',
        nodes,
        `a node has ${nodes - 1} others to send to; set degree to ${nodes - 1} or less`,
      )
    }
    return (round) =>
      directedGraph(
        Array.from({ length: nodes }, (_, self) => choose(self, nodes, degree, seed, round)),
      )
  },
)

/** `degree` of the other ranks, without replacement (Floyd's sampling). */
function choose(
  self: number,
  nodes: number,
  degree: number,
  seed: number,
  round: number,
): number[] {
  const random = randomStream(seed, 'el-local', round, self)
  const chosen = new Set<number>()
  for (let last = nodes - 1 - degree; last < nodes - 1; last++) {
    const draw = random.integer(last + 1)
    chosen.add(chosen.has(draw) ? last : draw)
  }
  // Draws are among the n − 1 others: ranks from `self` on move up by one.
  return Array.from(chosen, (draw) => (draw < self ? draw : draw + 1))
}
