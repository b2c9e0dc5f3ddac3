/**
 * EL-Oracle of "Epidemic Learning: Boosting Decentralized Learning with Randomized Communication", M. de Vos,
 * S. Farhadkhani, R. Guerraoui, A.-M. Kermarrec, R. Pires, R. Sharma, NeurIPS 2023, arXiv 2310.01972.
 *
 * Deviations: no coordinator draws the graph; every node derives it from the run's seed and the round.
 */
import { z } from 'zod'
import { randomStream } from '../../numeric/random.ts'
import { dynamicTopology } from '../kind.ts'
import { checkDegree, randomRegularGraph } from '../random-regular-graph.ts'

/** A random s-regular undirected graph each round. One round's graph need not be connected: the rounds' union is. */
export const elOracle = dynamicTopology(
  z
    .strictObject({
      kind: z.literal('el-oracle'),
      degree: z.number().int().min(1).describe('Neighbours of each node (s).'),
    })
    .describe('Epidemic Learning, oracle: a new random regular graph each round.'),
  { undirected: true },
  ({ degree }, { nodes, seed }) => {
    checkDegree('el-oracle', nodes, degree)
    return (round) => randomRegularGraph(nodes, degree, randomStream(seed, 'el-oracle', round))
  },
)
