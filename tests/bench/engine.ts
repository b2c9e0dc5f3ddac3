/**
 * Training-step times through the engine's port (gathering of batches, upload and reading back included), and the
 * batched training of 1,024 small nodes that the emulator lives on. Each measurement of ours has one of PyTorch right
 * before it, so that a machine that is busy or slow for a while is so for both.
 */
import type { Examples } from '../../src/data/interface.ts'
import {
  BACKENDS,
  createEngine,
  type EngineOptions,
  type LoadedModel,
} from '../../src/engine/index.ts'
import {
  createModel,
  type DataShape,
  initialParameters,
  type ModelSource,
  modelSchema,
} from '../../src/model/index.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { images, ratings, text } from '../model/shapes.ts'
import { type Bench, type Row, row } from './bench.ts'
import { startTorch, type Torch } from './torch-floor.ts'

interface Case {
  readonly options: { readonly name: string; readonly hidden?: number[] }
  readonly shape: DataShape
  readonly batchSize: number
  /** Steps of one measurement. */
  readonly steps: number
  /** Plain JavaScript takes many seconds for a step of the others. */
  readonly onCpu: boolean
}

/** The same models and batches as in torch-reference.py. */
const CASES: readonly Case[] = [
  {
    options: { name: 'mlp', hidden: [200, 200] },
    shape: images([784], 10),
    ...{ batchSize: 32, steps: 50, onCpu: true },
  },
  {
    options: { name: 'gn-lenet' },
    shape: images([32, 32, 3], 10),
    batchSize: 8,
    steps: 10,
    onCpu: false,
  },
  {
    options: { name: 'femnist-cnn' },
    shape: images([28, 28, 1], 62),
    batchSize: 16,
    steps: 5,
    onCpu: false,
  },
  { options: { name: 'char-lstm' }, shape: text(80, 92), batchSize: 10, steps: 3, onCpu: false },
  {
    options: { name: 'matrix-factorisation' },
    shape: ratings(610, 9724),
    ...{ batchSize: 64, steps: 50, onCpu: true },
  },
]

/** Two threads and OpenBLAS are measured where the wasm backend has them. */
const SETTINGS: readonly (EngineOptions & { readonly label: string })[] = [
  ...BACKENDS.map((backend) => ({ backend, label: backend })),
  { backend: 'wasm', threads: 2, label: 'wasm, 2 threads' },
  { backend: 'wasm', blas: 'on', label: 'wasm, OpenBLAS' },
]

/** Milliseconds after which no measurement is begun. */
const PATIENCE = 3_500
/** Calls of ours that nobody measures: compilers and caches have warmed up after so many milliseconds. */
const WARM_UP = 500
/** Steps of one measurement on the slow plain JavaScript backend. */
const CPU_STEPS = 2
const NODES = 1_024
const WORKERS = 2
/** Node-rounds a second that an emulation must reach with everything else added, on two cores. */
const PROMISED_RATE = 2_000

export const engine: Bench = async (say) => {
  const torch = await startTorch(CASES.map((one) => one.options.name))
  say(torch === null ? 'PyTorch: not here' : 'PyTorch: one thread, asked between measurements')
  const rows: Row[] = []
  for (const { label, ...settings } of SETTINGS) {
    rows.push(...(await stepTimes(label, settings, torch, say)))
  }
  torch?.stop()
  say(`${NODES} nodes`)
  rows.push(await manyNodes())
  return rows
}

async function stepTimes(
  label: string,
  settings: EngineOptions,
  torch: Torch | null,
  say: (line: string) => void,
): Promise<Row[]> {
  const opened = await createEngine(settings).catch((error: Error) => error)
  if (opened instanceof Error) {
    say(`${label}: not here (${opened.message.split('\n')[0]})`)
    return []
  }
  say(`${label}: ${opened.info.device}`)
  const rows: Row[] = []
  for (const { options, shape, batchSize, onCpu, ...one } of CASES) {
    const slow = opened.info.backend === 'cpu'
    if (slow && !onCpu) continue
    const steps = slow ? CPU_STEPS : one.steps
    const model = await opened.load(...loading(options, shape))
    const { ours, floors, ratios } = await inTurns(
      async () => (await timed(model, 1, batchSize, steps)) / steps,
      torch && (() => torch.stepTime(options.name, steps)),
    )
    const reference = torch ? [Math.min(...floors), median(ratios)] : []
    rows.push(row(`${options.name}, ${label}`, Math.min(...ours), 'ms/step', ...reference))
    await model.dispose()
  }
  await opened.dispose()
  return rows
}

async function manyNodes(): Promise<Row> {
  const opened = await createEngine({ workers: WORKERS })
  const model = await opened.load(...loading({ name: 'mlp' }, images([64], 10)))
  const { ours } = await inTurns(() => timed(model, NODES, 8, 3), null)
  await opened.dispose()
  const name = `${NODES} nodes of mlp 64-128-10, batch 8, 3 steps, ${WORKERS} workers, training alone`
  return row(name, (1000 * NODES) / Math.min(...ours), 'node-rounds/s', PROMISED_RATE)
}

/** Measures, after a warm-up, the reference and ours by turns. */
async function inTurns(measure: () => Promise<number>, reference: (() => Promise<number>) | null) {
  const began = performance.now()
  while (performance.now() - began < WARM_UP) await measure()
  const ours: number[] = []
  const floors: number[] = []
  do {
    if (reference) floors.push(await reference())
    ours.push(await measure())
  } while (performance.now() - began < WARM_UP + PATIENCE)
  return { ours, floors, ratios: floors.map((floor, turn) => ours[turn]! / floor) }
}

/** Milliseconds of one call that trains so many nodes. */
async function timed(
  model: LoadedModel,
  nodes: number,
  batchSize: number,
  steps: number,
): Promise<number> {
  const random = randomStream(1, 'batches')
  const jobs = Array.from({ length: nodes }, () => ({
    parameters: initialParameters(model.layout, 1),
    optimiserState: new Float32Array(0),
    stepsBefore: 0,
    examples: Int32Array.from({ length: steps * batchSize }, () => random.integer(EXAMPLES)),
    batchSize,
    learningRates: new Float32Array(steps).fill(0.01),
  }))
  const start = performance.now()
  await model.train(jobs)
  return performance.now() - start
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

const EXAMPLES = 500

function loading(
  options: Case['options'],
  shape: DataShape,
): Parameters<Awaited<ReturnType<typeof createEngine>>['load']> {
  const source: ModelSource = createModel(modelSchema.parse(options), shape)
  const random = randomStream(1, 'examples')
  const { input, output, vocabulary = [1] } = shape
  const width = input.shape.reduce((size, length) => size * length, 1)
  const size = EXAMPLES * width
  const examples: Examples = {
    count: EXAMPLES,
    inputShape: input.shape,
    inputs:
      input.kind === 'tokens'
        ? Int32Array.from({ length: size }, (_, i) =>
            random.integer(vocabulary[i % vocabulary.length]!),
          )
        : Float32Array.from({ length: size }, () => random.uniform()),
    labels:
      output.kind === 'rating'
        ? Float32Array.from({ length: EXAMPLES }, () => 5 * random.uniform())
        : Int32Array.from({ length: EXAMPLES }, () => random.integer(output.count)),
  }
  return [source, { kind: 'sgd' }, { train: examples, test: examples }]
}
