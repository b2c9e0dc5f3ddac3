import { expect, test } from 'vitest'
import { createFrameCodec } from '../../src/learning/index.ts'
import { createLayout } from '../../src/model/parameters.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { createStrategy, RUN_ID_BYTES, shareSchema, spaceOf } from '../../src/sharing/index.ts'
import type { Payload, Phase } from '../../src/sharing/interface.ts'

/** So many that the values and indices of every message lie in borrowed memory. */
const SIZE = 200_000
const NODES = 3
const ROUNDS = 2

const layout = createLayout([{ name: 'w', shape: [SIZE], initialiser: { kind: 'zeros' } }])

/** Models after some rounds in which all hear all, through bytes; `done` with what a node has heard when its round is over. */
function afterRounds(share: object, done: 'released' | 'kept') {
  const strategy = createStrategy(shareSchema.parse(share))
  const codec = createFrameCodec(new Uint8Array(RUN_ID_BYTES), spaceOf(strategy, SIZE))
  const ranks = Array.from({ length: NODES }, (_, rank) => rank)
  let models: Float32Array[] = ranks.map((rank) => {
    const random = randomStream(1, 'model', rank)
    return Float32Array.from({ length: SIZE }, () => random.normal())
  })
  let states = models.map((model) => strategy.init(model, layout))
  for (let round = 0; round < ROUNDS; round++) {
    const moved = models.map((model, rank) => {
      const random = randomStream(round, 'step', rank)
      return model.map((value) => value + random.uniform() / 10)
    })
    const runs = moved.map((model, self) => {
      const others = ranks.filter((rank) => rank !== self)
      const phases = strategy.round(model, states[self], {
        ...{ round, self, targets: others, sources: others, layout },
        weightOf: () => 1 / NODES,
        random: (label) => randomStream(1, label, self, round),
      })
      const { outbox } = phases.next().value as Phase
      const payload: Payload = [...outbox.values()][0]!
      return { phases, frame: codec.encode(round, 0, payload).bytes }
    })
    const results = runs.map(({ phases }, self) => {
      const heard = ranks.filter((rank) => rank !== self)
      const inbox = new Map(heard.map((rank) => [rank, codec.decode(runs[rank]!.frame)!.payload]))
      const { value } = phases.next(inbox)
      if (done === 'released') for (const payload of inbox.values()) codec.release!(payload)
      return value as { parameters: Float32Array; state: unknown }
    })
    models = results.map(({ parameters }) => parameters)
    states = results.map(({ state }) => state)
  }
  return models
}

const bits = (model: Float32Array) => new Uint32Array(model.buffer, model.byteOffset, model.length)

test.each([
  { method: 'jwins' },
  { method: 'jwins', alphas: [0.3, 1], values: 'int8', errorFeedback: true },
  { method: 'top-k', values: 'float32' },
  { method: 'murmur' },
  { method: 'murmur', silence: true },
])('$method: the same models when the memory of messages is used again', (share) => {
  const [again, fresh] = [afterRounds(share, 'released'), afterRounds(share, 'kept')]
  expect(again.map(bits)).toEqual(fresh.map(bits))
})

test('what was decoded lies in memory that comes back when it is released', () => {
  const strategy = createStrategy(shareSchema.parse({ method: 'full', values: 'int8' }))
  const codec = createFrameCodec(new Uint8Array(RUN_ID_BYTES), spaceOf(strategy, SIZE))
  const values = new Float32Array(SIZE).fill(1)
  const phases = strategy.round(values, null, {
    ...{ round: 0, self: 0, targets: [1], sources: [1], layout },
    weightOf: () => 0.5,
    random: (label) => randomStream(1, label),
  })
  const { outbox } = phases.next().value as Phase
  const { bytes } = codec.encode(0, 0, outbox.get(1)!)
  const memoryOf = () => {
    const { payload } = codec.decode(bytes)!
    if (payload.domain === 'letter') throw new Error('not a letter')
    codec.release!(payload)
    return payload.values.buffer
  }
  expect(memoryOf()).toBe(memoryOf())
})
