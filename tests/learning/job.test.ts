import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import {
  applyOverrides,
  type InvalidJobError,
  jobJsonSchema,
  nearest,
  parseJob,
} from '../../src/learning/index.ts'

const folder = fileURLToPath(new URL('../../examples/jobs/', import.meta.url))
const files = readdirSync(folder).filter((name) => name.endsWith('.toml'))
const minimal = {
  version: 1,
  name: 'tiny',
  model: { name: 'mlp' },
  data: { name: 'clusters' },
  train: { rounds: 5, lr: 0.1 },
}

/** The problems that parsing reports. */
function problems(data: unknown): readonly string[] {
  try {
    parseJob(data)
    return []
  } catch (error) {
    return (error as InvalidJobError).problems
  }
}

describe('example jobs', () => {
  it('are all there', () => {
    expect(files).toEqual(
      expect.arrayContaining(
        [
          'adult',
          'cifar10',
          'clusters',
          'demo',
          'mnist',
          'movielens',
          'shakespeare',
          'thousand',
        ].map((name) => `${name}.toml`),
      ),
    )
  })

  it.each(files)('%s is valid, has its own name and at most 25 lines', (file) => {
    const text = readFileSync(`${folder}${file}`, 'utf8')
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(25)
    expect(parseJob(parse(text)).name).toBe(file.replace('.toml', ''))
  })
})

describe('parseJob', () => {
  it('fills in defaults', () => {
    const job = parseJob(minimal)
    expect(job.seed).toBe(1)
    expect(job.nodes).toBe(4)
    expect(job.share).toEqual({ method: 'full', values: 'lossless' })
    expect(job.weights).toBe('metropolis-hastings')
    expect(job.train).toMatchObject({ localSteps: 1, batch: 8, optimiser: 'sgd', momentum: 0 })
    expect(job.limits).toEqual({ deadline: 'adaptive', maxDeadline: 60, quorum: 0 })
    expect(job.emulation).toMatchObject({ latency: 0, jitter: 0, loss: 0 })
  })

  it('gives the same job again', () => {
    const job = parseJob(minimal)
    expect(parseJob(JSON.parse(JSON.stringify(job)))).toEqual(job)
  })

  it('shares by murmur where only a budget is given, which then has slow momentum', () => {
    const withShare = (share: object, train = {}) =>
      parseJob({ ...minimal, train: { ...minimal.train, ...train }, share })
    const frugal = withShare({ budget: 0.2 })
    expect(frugal.share).toMatchObject({ method: 'murmur', budget: 0.2, values: 'int8' })
    expect(frugal.train.slowMomentum).toBe(0.2)
    expect(withShare({ method: 'murmur' }, { slowMomentum: 0 }).train.slowMomentum).toBe(0)
    const usual = (privacy: object) =>
      parseJob({ ...minimal, share: { method: 'jwins' }, privacy }).train.slowMomentum
    expect(usual({})).toBe(0)
    expect(usual({ secureAggregation: 'cesar' })).toBe(0.35)
    expect(usual({ secureAggregation: 'off-same-ring' })).toBe(0.35)
    expect(usual({ secureAggregation: 'cesar', indices: 'own' })).toBe(0.35)
    expect(withShare({ values: 'int8' }).share).toEqual({ method: 'full', values: 'int8' })
    expect(parseJob(JSON.parse(JSON.stringify(frugal)))).toEqual(frugal)
  })

  it.each([
    [{ ...minimal, sed: 3 }, 'sed: unknown key; did you mean "seed"?'],
    [
      { ...minimal, train: { ...minimal.train, localStep: 2 } },
      'train.localStep: unknown key; did you mean "localSteps"?',
    ],
    [
      { ...minimal, topology: { kind: 'regular', degre: 3, degree: 3 } },
      'topology.degre: unknown key; did you mean "degree"?',
    ],
    [{ ...minimal, zzzzzzzzzz: 3 }, 'zzzzzzzzzz: unknown key'],
  ])('names an unknown key and the nearest spelling', (data, problem) => {
    expect(problems(data)).toEqual([problem])
  })

  it('names every problem with its path', () => {
    const data = { ...minimal, nodes: 0, train: { rounds: 1.5 } }
    const text = problems(data).join('\n')
    for (const path of ['nodes', 'train.rounds', 'train.lr']) expect(text).toContain(path)
    expect(problems(null)[0]).toMatch(/^job: /)
  })
})

describe('jobJsonSchema', () => {
  it('describes the format, and survives JSON', () => {
    const schema = JSON.parse(JSON.stringify(jobJsonSchema()))
    expect(schema.required).toEqual(expect.arrayContaining(['version', 'model', 'data', 'train']))
    expect(schema.required).not.toContain('seed')
    expect(schema.properties.train.properties.lr.description).toBeTruthy()
    expect(schema.additionalProperties).toBe(false)
  })

  it('wants a method of sharing unless it is the usual one, full or, with a budget, murmur', () => {
    const { oneOf } = JSON.parse(JSON.stringify(jobJsonSchema())).properties.share
    for (const { properties, required, anyOf } of oneOf) {
      const method = properties.method.const
      expect(required).toEqual(method === 'full' || method === 'murmur' ? [] : ['method'])
      const wanted = method === 'murmur' ? ['method', 'budget'] : []
      expect((anyOf ?? []).flatMap((kind: { required: string[] }) => kind.required)).toEqual(wanted)
    }
  })
})

describe('applyOverrides', () => {
  it('reads values as TOML, bare words as text, and leaves its argument alone', () => {
    const before = structuredClone(minimal)
    const after = applyOverrides(minimal, [
      'train.rounds=20',
      'train.lr = 0.5',
      'name=other',
      'model.hidden=[128, 64]',
      'emulation.stragglers={ share = 0.1, slowdown = 4 }',
      'limits.deadline=adaptive',
    ])
    expect(minimal).toEqual(before)
    expect(parseJob(after)).toMatchObject({
      name: 'other',
      model: { hidden: [128, 64] },
      train: { rounds: 20, lr: 0.5 },
      emulation: { stragglers: { share: 0.1, slowdown: 4 } },
    })
  })

  it('creates tables that the file does not have', () => {
    expect(parseJob(applyOverrides(minimal, ['share.method=none'])).share).toEqual({
      method: 'none',
    })
    expect(parseJob(applyOverrides(minimal, ['eval.every=3'])).eval.every).toBe(3)
  })

  it("drops the old kind's keys when a kind changes, and keeps them when it does not", () => {
    const shards = { ...minimal, partition: { kind: 'shards', perNode: 3 } }
    expect(parseJob(applyOverrides(shards, ['partition.kind=iid'])).partition).toEqual({
      kind: 'iid',
    })
    expect(parseJob(applyOverrides(shards, ['partition.kind=shards'])).partition).toMatchObject({
      perNode: 3,
    })
  })

  it.each([
    ['train.round=20', 'unknown key train.round; did you mean "rounds"?'],
    ['trian.rounds=20', 'unknown key trian; did you mean "train"?'],
    ['train', 'write it as path=value'],
    ['=3', 'write it as path=value'],
    ['seed.low=3', 'seed is no table'],
    ['train.lr=[0.1', 'is no TOML value'],
  ])('refuses %s', (override, problem) => {
    expect(() => applyOverrides({ ...minimal, seed: 1 }, [override])).toThrow(problem)
  })
})

describe('nearest', () => {
  it('finds a misspelt word and nothing for a foreign one', () => {
    expect(nearest('momentun', ['momentum', 'batch'])).toBe('momentum')
    expect(nearest('Batch', ['momentum', 'batch'])).toBe('batch')
    expect(nearest('colour', ['momentum', 'batch'])).toBeUndefined()
  })
})

describe('a strategy that needs every message', () => {
  const withShare = (extra: object) => ({ ...minimal, share: { method: 'choco' }, ...extra })

  it('is taken where neighbours stay and nothing is lost', () => {
    expect(problems(withShare({}))).toEqual([])
    expect(problems(withShare({ nodes: 1, topology: { kind: 'el-local', degree: 3 } }))).toEqual([])
  })

  it.each([
    [{ topology: { kind: 'el-oracle', degree: 3 } }, /"el-oracle" changes them/],
    [{ emulation: { loss: 0.1 } }, /emulation\.loss/],
    [{ emulation: { churn: { leave: 0.1, rejoin: 0.5 } } }, /emulation\.churn/],
  ])('is refused with %j', (extra, message) => {
    expect(problems(withShare(extra))).toEqual([expect.stringMatching(message)])
    expect(problems({ ...withShare(extra), share: { method: 'jwins' } })).toEqual([])
  })
})
