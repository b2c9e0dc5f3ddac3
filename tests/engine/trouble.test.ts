import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createEngine, type Engine } from '../../src/engine/index.ts'
import { WorkerPool } from '../../src/engine/pool.ts'
import type { ModelSource } from '../../src/model/index.ts'
import { images } from '../model/shapes.ts'
import { jobFor, TASKS } from './tasks.ts'

const { source, data } = TASKS.mlp
const SGD = { kind: 'sgd' } as const

describe('an engine in trouble that it survives', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await createEngine({ backend: 'wasm' })
  })
  afterAll(() => engine.dispose())

  it('rejects calls whose arguments do not fit the model, naming the argument', async () => {
    const model = await engine.load(source, SGD, data)
    const job = jobFor(model, { seed: 1 })
    const wrong = {
      parameters: { ...job, parameters: new Float32Array(3) },
      optimiserState: { ...job, optimiserState: new Float32Array(3) },
      learningRates: { ...job, learningRates: new Float32Array(0) },
      examples: { ...job, examples: job.examples.subarray(1) },
    }
    for (const [argument, bad] of Object.entries(wrong)) {
      await expect(model.train([job, bad]), argument).rejects.toMatchObject({
        name: 'EngineInputError',
        argument,
      })
    }
    const outside = { ...job, examples: job.examples.map(() => data.train.count) }
    await expect(model.train([outside])).rejects.toMatchObject({ argument: 'examples' })
    const parameters = new Float32Array(2)
    await expect(model.evaluate([{ parameters, on: 'test' }])).rejects.toMatchObject({
      argument: 'parameters',
    })
    await expect(model.forward(job.parameters, new Float32Array(8))).rejects.toMatchObject({
      argument: 'inputs',
    })
  })

  it('names the job that diverged, and the learning rate', async () => {
    const model = await engine.load(source, SGD, data)
    const job = jobFor(model, { seed: 1 })
    const wild = { ...jobFor(model, { seed: 2 }), learningRates: Float32Array.of(1e30, 1e30, 1e30) }
    await expect(model.train([job, wild])).rejects.toMatchObject({
      name: 'DivergedError',
      job: 1,
      message: expect.stringMatching(/^Training diverged: (the loss is|parameters are).*train\.lr/),
    })
    await expect(model.train([job])).resolves.toHaveLength(1)
  })

  it('stops when the signal is given, and serves the next call', async () => {
    const model = await engine.load(source, SGD, data)
    const jobs = Array.from({ length: 20 }, (_, seed) => jobFor(model, { seed, steps: 1 + seed }))
    const controller = new AbortController()
    const training = model.train(jobs, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(training).rejects.toThrow('enough')
    await expect(model.train([jobs[0]!])).resolves.toHaveLength(1)
    const signal = AbortSignal.abort(new Error('before'))
    await expect(model.train(jobs, { signal })).rejects.toThrow('before')
    const parameters = jobs[0]!.parameters
    await expect(model.evaluate([{ parameters, on: 'test' }], { signal })).rejects.toThrow('before')
    await expect(model.forward(parameters, new Float32Array(7), { signal })).rejects.toThrow(
      'before',
    )
  })
})

describe('an engine in trouble', () => {
  let engine: Engine | undefined
  afterEach(() => engine?.dispose())
  const start = async (workers = 1) => {
    engine = await createEngine({ backend: 'wasm', workers })
    return engine
  }

  it('an aborted call that waits is never sent to a worker', async () => {
    const pool = new WorkerPool(1)
    const controller = new AbortController()
    let sent = 0
    const calls = Array.from({ length: 10 }, () =>
      pool.call('unload', () => ({ takes: { model: sent++ } }), controller.signal),
    )
    controller.abort(new Error('enough'))
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
    await pool.call('unload', () => ({ takes: { model: 0 } }))
    expect(sent).toBeLessThan(calls.length / 2)
    await pool.dispose()
  })

  it('a worker that ends rejects the calls in flight and all later ones', async () => {
    const shape = images([7], 5)
    const url = new URL('./models/crashing.ts', import.meta.url).href
    const crashing: ModelSource = { kind: 'module', url, input: shape.input, output: shape.output }
    const model = await (await start(2)).load(crashing, SGD, data)
    const jobs = [4, 3, 4, 4].map((batchSize, seed) => jobFor(model, { seed, batchSize }))
    await expect(model.train(jobs)).rejects.toMatchObject({
      name: 'EngineCrashedError',
      message: expect.stringContaining('exit code 3'),
    })
    await expect(model.train([jobs[0]!])).rejects.toMatchObject({ name: 'EngineCrashedError' })
  })

  it('disposal rejects the calls in flight and all later ones', async () => {
    const open = await start()
    const model = await open.load(source, SGD, data)
    const job = jobFor(model, { seed: 1 })
    const training = expect(model.train([job])).rejects.toMatchObject({
      name: 'EngineDisposedError',
    })
    await open.dispose()
    await training
    await expect(model.train([job])).rejects.toMatchObject({ name: 'EngineDisposedError' })
    await expect(open.load(source, SGD, data)).rejects.toMatchObject({
      name: 'EngineDisposedError',
    })
    await model.dispose()
    await open.dispose()
  })

  it('a start that is aborted ends with its reason, and its workers with it', async () => {
    const controller = new AbortController()
    const starting = createEngine({ backend: 'wasm' }, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(starting).rejects.toThrow('enough')
    const { signal } = controller
    await expect(createEngine({ backend: 'wasm' }, { signal })).rejects.toThrow('enough')
  })

  it('a backend that cannot be had is an error', async () => {
    await expect(createEngine({ backend: 'tensorflow-gpu' })).rejects.toMatchObject({
      name: 'BackendUnavailableError',
    })
  })

  it('keeps a process alive while it computes, and not a moment longer', async () => {
    const program = new URL('./models/forgets-to-dispose.ts', import.meta.url).pathname
    const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 15_000 })
    expect(stdout.trim()).toBe('trained 1')
  })
})
