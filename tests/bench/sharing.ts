/**
 * What a round of JWINS computes besides training, in milliseconds per million parameters of models of 1 and 11 million:
 * all that a node does to send, and to take in the messages of one, three and four neighbours, in one thread, at a share
 * of 34 %, with values as they are and packed; and the same of murmur, as it is by default and with silence: the fastest round,
 * and the median, in which the collector has its share. A kernel's floor is copying as many bytes as it has to read and
 * write. And what each codec makes of values.
 */
import type { Examples } from '../../src/data/interface.ts'
import { createEngine } from '../../src/engine/index.ts'
import { createFrameCodec } from '../../src/learning/index.ts'
import {
  createModel,
  type DataShape,
  initialParameters,
  modelSchema,
} from '../../src/model/index.ts'
import { createLayout, type ParameterLayout } from '../../src/model/parameters.ts'
import {
  copyIn,
  inScratch,
  integersAt,
  kernels,
  reserveNumbers,
} from '../../src/numeric/kernels.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { topKAt } from '../../src/numeric/top-k.ts'
import { forwardWaveletAt, inverseWaveletAt, waveletSize } from '../../src/numeric/wavelet.ts'
import {
  createStrategy,
  encodeFrame,
  RUN_ID_BYTES,
  shareSchema,
  spaceOf,
} from '../../src/sharing/index.ts'
import { decodeIndices, encodeIndices } from '../../src/sharing/indices/index.ts'
import type { Inbox, Payload, RoundContext, SharingStrategy } from '../../src/sharing/interface.ts'
import { fromOutputMajor, toOutputMajor } from '../../src/sharing/output-major.ts'
import { gatherAt, pull } from '../../src/sharing/pull.ts'
import { averageOfNews } from '../../src/sharing/silence.ts'
import { codecs } from '../../src/sharing/values/index.ts'
import { images } from '../model/shapes.ts'
import { type Bench, type Row, row } from './bench.ts'

const SHARE = 0.34
const LEVELS = 4
const NEIGHBOURS = [1, 2, 3, 4]
/** How many of them are heard. */
const HEARD = [1, 3, 4]
const WEIGHT = 1 / (NEIGHBOURS.length + 1)

/** Milliseconds of rounds, and of one kernel's calls. The fastest counts: other programs only slow them down. */
const ROUNDS = 5000
const LEAST_ROUNDS = 6
const WHILE = 400
const LEAST_CALLS = 20

/** Milliseconds per million parameters that sending, and receiving, may take. */
const PROMISED = { send: 12, receive: 8 }

const LAYOUTS: Readonly<Record<string, ParameterLayout>> = {
  '1M': layoutOf([784, 1024], [1024, 192], [192]),
  '11M': layoutOf(
    ...[64, 128, 256, 512].flatMap((width) => [
      [3, 3, width / 2, width],
      ...new Array<number[]>(3).fill([3, 3, width, width]),
      [width],
    ]),
    [512, 1000],
  ),
}

interface Trained {
  readonly name: 'gn-lenet' | 'femnist-cnn'
  readonly shape: DataShape
  readonly batchSize: number
}

/** Values in a message. */
const CODED = 340_000

/** Models whose training sharing is held against. */
const TRAINED: readonly Trained[] = [
  { name: 'gn-lenet', shape: images([32, 32, 3], 10), batchSize: 8 },
  { name: 'femnist-cnn', shape: images([28, 28, 1], 62), batchSize: 16 },
]
const LOCAL_STEPS = 8
const TRAINING_CALLS = 6

function layoutOf(...shapes: number[][]): ParameterLayout {
  const initialiser = { kind: 'zeros' } as const
  return createLayout(shapes.map((shape, i) => ({ name: `${i}`, shape, initialiser })))
}

export const sharing: Bench = async (say) => {
  const rows: Row[] = []
  for (const [name, layout] of Object.entries(LAYOUTS)) {
    say(`${name}: ${layout.size} parameters`)
    const perMillion = (ms: number) => (ms / layout.size) * 1e6
    const models = [0, ...NEIGHBOURS].map((rank) => modelsOf(rank, layout.size))
    for (const [how, strategy] of Object.entries(COMPARED)) {
      const { send, receive } = measureRound(layout, models, strategy)
      const add = (what: string, ms: number, floor?: number) =>
        rows.push(row(`${name}, ${how}, ${what}`, perMillion(ms), 'ms/million', floor))
      add('sending', least(send), PROMISED.send)
      add('sending, median', median(send))
      for (const [heard, times] of receive) {
        add(`receiving from ${heard}`, least(times), PROMISED.receive)
        add(`receiving from ${heard}, median`, median(times))
      }
    }
    for (const [kernel, ms, floor] of measureKernels(layout)) {
      rows.push(row(`${name}, ${kernel}`, perMillion(ms), 'ms/million', perMillion(floor)))
    }
  }
  say('codecs of values')
  rows.push(...measureCodecs())
  for (const trained of TRAINED) {
    say(trained.name)
    rows.push(await measureShare(trained))
  }
  return rows
}

/** Milliseconds that `work` takes: the least of its calls in a while. */
function time(work: () => void): number {
  let best = Number.POSITIVE_INFINITY
  const end = performance.now() + WHILE
  for (let call = 0; call < LEAST_CALLS || performance.now() < end; call++) {
    const began = performance.now()
    work()
    best = Math.min(best, performance.now() - began)
  }
  return best
}

const strategyOf = (options: object) => createStrategy(shareSchema.parse(options))
const JWINS = { method: 'jwins', alphas: [SHARE], levels: LEVELS }
const USUAL = strategyOf({ ...JWINS, values: 'lossless' })
const COMPARED: Readonly<Record<string, SharingStrategy>> = {
  float32: strategyOf({ ...JWINS, values: 'float32' }),
  lossless: USUAL,
  murmur: strategyOf({ method: 'murmur' }),
  'murmur with silence': strategyOf({ method: 'murmur', silence: true }),
}
const run = new Uint8Array(RUN_ID_BYTES)

function contextOf(self: number, layout: ParameterLayout): RoundContext {
  const others = [0, ...NEIGHBOURS].filter((rank) => rank !== self)
  return {
    round: 0,
    self,
    targets: others,
    sources: others,
    weightOf: () => WEIGHT,
    layout,
    random: (label) => randomStream(1, label, self),
  }
}

/** A model, and one some steps later: as far from it as values of neighbouring models are from each other. */
interface Model {
  readonly before: Float32Array
  readonly after: Float32Array
}

function modelsOf(rank: number, size: number): Model {
  const common = noise(size, 1, 0.1)
  const before = common.map((value, i) => value + 0.01 * Math.sin(i * (rank + 1)))
  const change = noise(size, rank + 2, 0.01)
  return { before, after: before.map((value, i) => value + change[i]!) }
}

/** Sums of four uniform numbers: nearly normal, and cheap for millions. */
function noise(size: number, seed: number, deviation: number): Float32Array {
  let state = Math.imul(seed, 0x9e3779b9) | 1
  const uniform = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state / 2 ** 31
  }
  const scale = deviation * Math.sqrt(3 / 4)
  return Float32Array.from({ length: size }, () => {
    return scale * (uniform() + uniform() + uniform() + uniform())
  })
}

/** Milliseconds that rounds took to send; and to receive, by the number of neighbours heard. */
function measureRound(
  layout: ParameterLayout,
  models: readonly Model[],
  strategy: SharingStrategy,
) {
  const states = models.map(({ before }) => strategy.init(before, layout))
  const begin = (rank: number) => {
    const phases = strategy.round(models[rank]!.after, states[rank], contextOf(rank, layout))
    const payload = payloadOf(phases.next().value)
    return { phases, frame: encodeFrame({ run, round: 0, phase: 0, payload }).bytes }
  }
  const frames = NEIGHBOURS.map((rank) => begin(rank).frame)
  const codec = createFrameCodec(run, spaceOf(strategy, layout.size))
  const inbox = (heard: number): Inbox =>
    new Map(
      frames.slice(0, heard).map((bytes, i) => [NEIGHBOURS[i]!, codec.decode(bytes)!.payload]),
    )

  const send: number[] = []
  const receive = new Map(HEARD.map((heard) => [heard, [] as number[]]))
  const end = performance.now() + ROUNDS
  for (let round = 0; round < LEAST_ROUNDS || performance.now() < end; round++) {
    for (const [heard, times] of receive) {
      const began = performance.now()
      const { phases } = begin(0)
      const between = performance.now()
      const received = inbox(heard)
      phases.next(received)
      for (const payload of received.values()) codec.release?.(payload)
      times.push(performance.now() - between)
      send.push(between - began)
    }
  }
  return { send, receive }
}

const least = (times: readonly number[]) => Math.min(...times)
const median = (times: readonly number[]) => times.toSorted((a, b) => a - b)[times.length >> 1]!

function payloadOf(step: unknown): Payload {
  const { outbox } = step as { outbox: ReadonlyMap<number, Payload> }
  return outbox.values().next().value!
}

const noDraws = () => randomStream(1, 'rounding')

/** Name, milliseconds and floor of each kernel, whose operands lie where the round has them. */
function measureKernels(layout: ParameterLayout): [string, number, number][] {
  const n = layout.size
  const size = waveletSize(n, LEVELS)
  const { before, after } = modelsOf(0, n)
  const [from, to] = [new Float32Array(n), new Float32Array(n)]
  // Copying n floats moves 8 n bytes.
  const byte = time(() => to.set(from)) / (8 * n)
  return inScratch(() => {
    const [x, p] = [copyIn(after), copyIn(before)]
    const ordered = toOutputMajor(x, layout)
    const change = reserveNumbers(n)
    kernels.difference(x, p, n, change)
    const score = forwardWaveletAt(toOutputMajor(change, layout), n, LEVELS)
    const wanted = Math.round(SHARE * size)
    const chosen = topKAt(score, size, wanted)
    const indices = integersAt(chosen, wanted).slice()
    const selection = { size, indices }
    const values = gatherAt(score, chosen, wanted)
    const encoded = encodeIndices(indices, size)
    const packed = codecs.lossless.encode(values, noDraws).bytes
    const own = new Float32Array(size)
    const message: Payload = { domain: 'wavelet', values, selection }
    const inbox = new Map(NEIGHBOURS.map((rank) => [rank, message]))
    const heard = { domain: 'wavelet', inbox, weightOf: () => WEIGHT } as const
    const memories = new Map(NEIGHBOURS.map((rank) => [rank, own]))
    const measured: [string, number, () => void][] = [
      ['in order of outputs', 8 * n, () => toOutputMajor(x, layout)],
      ['difference', 12 * n, () => kernels.difference(x, p, n, change)],
      ['wavelet, forward', 8 * n, () => forwardWaveletAt(ordered, n, LEVELS)],
      ['selection', 4 * n + 4 * wanted, () => topKAt(score, size, wanted)],
      ['gathering the values', 12 * wanted, () => gatherAt(score, chosen, wanted)],
      ['encoding the indices', 4 * wanted, () => encodeIndices(indices, size)],
      ['decoding the indices', 4 * wanted, () => decodeIndices(encoded, wanted, size)],
      ['packing the values', 8 * wanted, () => codecs.lossless.encode(values, noDraws)],
      ['unpacking the values', 8 * wanted, () => codecs.lossless.decode(packed, wanted)],
      ['mixing', 8 * n + 8 * wanted * inbox.size, () => pull(own, heard)],
      [
        'mixing, with silence',
        12 * n + (8 * n + 8 * wanted) * inbox.size,
        () => averageOfNews({ own, news: own, least: 1 }, heard, memories),
      ],
      ['wavelet, inverse', 8 * n, () => inverseWaveletAt(score, n, LEVELS)],
      ['sum, back in order', 12 * n, () => fromOutputMajor(ordered, layout, x)],
    ]
    return measured.map(([name, bytes, work]) => [name, time(() => inScratch(work)), byte * bytes])
  })
}

/** Bits of a value, and milliseconds for a million of them, spread as in a trained model. */
function measureCodecs(): Row[] {
  const random = randomStream(1, 'values')
  const values = Float32Array.from({ length: CODED }, () => 0.05 * random.normal())
  const perMillion = (ms: number) => (ms / CODED) * 1e6
  return Object.entries(codecs).flatMap(([name, codec]) => {
    const { bytes } = codec.encode(values, noDraws)
    const encoding = time(() => codec.encode(values, noDraws))
    const decoding = time(() => codec.decode(bytes, CODED))
    return [
      row(`values as ${name}`, (8 * bytes.length) / CODED, 'bits'),
      row(`values as ${name}, encoding`, perMillion(encoding), 'ms/million'),
      row(`values as ${name}, decoding`, perMillion(decoding), 'ms/million'),
    ]
  })
}

/** The part of a round that is not training, in percent: a few local steps on one core, and a round of sharing. */
async function measureShare({ name, shape, batchSize }: Trained): Promise<Row> {
  const source = createModel(modelSchema.parse({ name }), shape)
  const engine = await createEngine({ threads: 1 })
  const examples = pictures(shape, batchSize)
  const data = { train: examples, test: examples }
  const model = await engine.load(source, { kind: 'sgd' }, data)
  const jobs = [
    {
      parameters: initialParameters(model.layout, 1),
      optimiserState: new Float32Array(0),
      stepsBefore: 0,
      examples: Int32Array.from({ length: LOCAL_STEPS * batchSize }, (_, i) => i % batchSize),
      batchSize,
      learningRates: new Float32Array(LOCAL_STEPS).fill(0.01),
    },
  ]
  let training = Number.POSITIVE_INFINITY
  for (let call = 0; call < TRAINING_CALLS; call++) {
    const start = performance.now()
    await model.train(jobs)
    training = Math.min(training, performance.now() - start)
  }
  await engine.dispose()
  const models = [0, ...NEIGHBOURS].map((rank) => modelsOf(rank, model.layout.size))
  const { send, receive } = measureRound(model.layout, models, USUAL)
  const shared = least(send) + least(receive.get(NEIGHBOURS.length)!)
  const percent = (100 * shared) / (shared + training)
  return row(`share of a round, ${name}, ${LOCAL_STEPS} steps of ${batchSize}`, percent, '%')
}

function pictures({ input }: DataShape, count: number): Examples {
  const width = input.shape.reduce((size, length) => size * length, 1)
  const inputs = noise(count * width, 1, 1)
  return { count, inputShape: input.shape, inputs, labels: new Int32Array(count) }
}
