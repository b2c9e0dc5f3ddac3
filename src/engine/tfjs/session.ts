/** One loaded model inside a worker: everything the engine can ask of it. */
import type { Examples } from '../../data/interface.ts'
import type { ParameterLayout } from '../../model/parameters.ts'
import type { InputSpec, ModelSource, OutputSpec } from '../../model/spec.ts'
import type { OptimiserOptions } from '../interface.ts'
import type { EvaluateChunk, EvaluatedChunk, TrainChunk, TrainedChunk } from '../protocol.ts'
import { BatchReader } from './batch-reader.ts'
import type { OpenBackend } from './choose-backend.ts'
import { Evaluator } from './evaluator.ts'
import { createNetwork } from './network.ts'
import { createOptimiser } from './optimiser.ts'
import { plainOperations } from './plain-operations.ts'
import { plainOptimisers } from './plain-optimisers.ts'
import { directMemory, noDirectMemory } from './tensor-memory.ts'
import { Trainer } from './trainer.ts'

export interface Session {
  readonly layout: ParameterLayout
  readonly optimiserStateSize: number
  /** Whether several nodes may travel in one training chunk. */
  readonly stackable: boolean
  train(chunk: TrainChunk): TrainedChunk
  evaluate(chunk: EvaluateChunk): EvaluatedChunk
  forward(parameters: Float32Array, inputs: Examples['inputs']): Float32Array
  dispose(): void
}

export async function openSession(
  backend: OpenBackend,
  source: ModelSource,
  optimiserOptions: OptimiserOptions,
  data: { readonly train: Examples; readonly test: Examples },
): Promise<Session> {
  const { tf } = backend
  const operations = backend.operations ?? plainOperations(tf)
  const network = await createNetwork(tf, operations, source)
  // A model from a file is made of stock kernels, whose weights must not be changed in place.
  const inPlace = backend.operations !== null && source.kind === 'layers'
  const memoryOf = inPlace ? directMemory(tf) : noDirectMemory
  const updates = (inPlace ? backend.optimisers : null) ?? plainOptimisers(tf)
  const optimiser = createOptimiser(optimiserOptions, updates)
  const { input, output } = shapesOf(source)
  const parts = { tf, operations, network, input, output, optimiser, memoryOf, ...data }
  const trainer = new Trainer({ ...parts, examples: new BatchReader(tf, data.train, input) })
  const evaluator = new Evaluator(parts)
  // Stock kernels of compiled backends choose another order of summation for a batch of matrices than for one
  // matrix; only our own kernels and the plain JavaScript ones give a node the same bits in any company.
  const sameBitsStacked = backend.operations !== null || backend.name === 'cpu'
  return {
    layout: network.layout,
    optimiserStateSize: optimiser.moments * network.layout.size,
    stackable: network.stackable && sameBitsStacked,
    train: (chunk) => trainer.train(chunk),
    evaluate: (chunk) => evaluator.evaluate(chunk),
    forward: (parameters, inputs) => evaluator.forward(parameters, inputs),
    dispose() {
      trainer.dispose()
      evaluator.dispose()
      network.dispose()
    },
  }
}

function shapesOf(source: ModelSource): { input: InputSpec; output: OutputSpec } {
  return source.kind === 'layers' ? source.spec : source
}
