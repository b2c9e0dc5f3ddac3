/**
 * D-PSGD as one loop over rounds and nodes, with no exchange, clock or frame: what every run must equal to the last
 * bit when nobody is late.
 */
import { batchIndices, buildDataset, createPartition } from '../../src/data/index.ts'
import type { Job } from '../../src/learning/index.ts'
import { createModel, initialParameters } from '../../src/model/index.ts'
import { createTopology, weightsFor } from '../../src/topology/index.ts'
import { linearEngine } from '../support/linear-engine.ts'

/** Final parameters of every node of a job with full sharing and a constant learning rate, slow momentum included. */
export async function literalGossip(job: Job): Promise<Float32Array[]> {
  const { nodes, seed } = job
  const { rounds, localSteps, batch, lr, slowMomentum } = job.train
  const dataset = buildDataset(job.data)
  const engine = linearEngine()
  const model = await engine.load(createModel(job.model, dataset), { kind: 'sgd' }, dataset)
  const topology = createTopology(job.topology, { nodes, seed })
  const parts = createPartition(job.partition, { examples: dataset.train, nodes, seed })
  let models = Array.from({ length: nodes }, () => initialParameters(model.layout, seed))
  let velocities = models.map((model) => model.map(() => 0))
  for (let round = 0; round < rounds; round++) {
    const results = await model.train(
      models.map((parameters, rank) => ({
        parameters,
        optimiserState: new Float32Array(),
        stepsBefore: round * localSteps,
        examples: batchIndices({ seed, rank, round, localSteps, batch, examples: parts[rank]! }),
        batchSize: batch,
        learningRates: new Float32Array(localSteps).fill(lr),
      })),
    )
    const trained = results.map(({ parameters }) => parameters)
    const before = models
    const mixed = trained.map((own, rank) => {
      const weights = weightsFor(topology.graph(round), rank, job.weights)
      return own.map((x, i) => {
        let sum = x
        for (const [source, weight] of weights) sum += weight * (trained[source]![i]! - x)
        return sum
      })
    })
    models = mixed.map((y, rank) =>
      y.map((value, i) => value + slowMomentum * velocities[rank]![i]!),
    )
    velocities = models.map((x, rank) => x.map((value, i) => value - before[rank]![i]!))
  }
  return models
}
