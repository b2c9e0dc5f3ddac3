import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  labelOf,
  planRuns,
  referenceOf,
  type VariantRequest,
  variantsOf,
} from '../../src/comparison/index.ts'
import { applyOverrides, parseJob } from '../../src/learning/index.ts'
import { strategies } from '../../src/sharing/index.ts'

const variants = (request: Partial<VariantRequest>) => variantsOf({ method: 'full', ...request })

/** The share table of the job that a variant makes. */
function shareOf({ overrides }: { readonly overrides: readonly string[] }) {
  const job = {
    version: 1,
    name: 'x',
    model: { name: 'mlp' },
    data: { name: 'clusters' },
    train: { rounds: 1, lr: 0.1 },
    share: { method: 'jwins', budget: 0.1, wavelet: false },
  }
  return parseJob(applyOverrides(job, overrides)).share
}

describe('methods', () => {
  test.each([
    ['full', 'full'],
    ['random', 'random-subsampling'],
    ['r', 'random-subsampling'],
    ['topk', 'top-k'],
    ['Top-K', 'top-k'],
    ['jwins', 'jwins'],
  ])('%s is %s', (word, method) => {
    expect(variants({ share: word })).toMatchObject([
      { name: method, overrides: [`share.method=${method}`] },
    ])
  })

  test.each([
    ['jwisn', 'did you mean "jwins"'],
    ['', 'there are full, none'],
    ['gamma=0.1', 'which method has the option gamma=0.1'],
    ['full,jwins,full', 'full: asked for twice'],
  ])('%j is refused: %s', (share, message) => {
    expect(() => variants({ share })).toThrow(message)
  })

  test('a beginning that fits several names them, unless it is a whole name', () => {
    const names = Object.keys(strategies)
    const firsts = Map.groupBy(names, (name) => name[0]!)
    for (const [first, fitting] of firsts) {
      if (fitting.length === 1) expect(variants({ share: first })[0]!.name).toBe(fitting[0])
      else expect(() => variants({ share: first })).toThrow(fitting.join(', '))
    }
  })

  test('options go to the method before them; commas inside brackets do not part them', () => {
    const share =
      'choco:gamma=0.1,jwins:wavelet=false,randomCutoff=false,jwins:alphas=[0.1, 1],none'
    const [choco, plain, listed, none] = variants({ share })
    expect(shareOf(choco!)).toMatchObject({ method: 'choco', gamma: 0.1 })
    expect(plain!.name).toBe('jwins:wavelet=false,randomCutoff=false')
    expect(shareOf(plain!)).toMatchObject({ method: 'jwins', wavelet: false, randomCutoff: false })
    expect(shareOf(listed!)).toMatchObject({ method: 'jwins', alphas: [0.1, 1] })
    expect(shareOf(none!)).toEqual({ method: 'none' })
  })

  test('any list of methods with options reads as it was written', () => {
    const choice = fc.record({
      method: fc.constantFrom('full', 'none', 'top-k', 'choco', 'jwins'),
      options: fc.uniqueArray(
        fc.constantFrom('gamma=0.3', 'alphas=[0.1, 0.2]', 'wavelet=false', 'name="a,b"'),
      ),
    })
    const choices = fc.uniqueArray(choice, { minLength: 1, selector: (x) => JSON.stringify(x) })
    fc.assert(
      fc.property(choices, (list) => {
        const names = list.map(({ method, options }) =>
          options.length === 0 ? method : `${method}:${options.join(',')}`,
        )
        fc.pre(new Set(names).size === names.length)
        const read = variants({ share: names.join(',') })
        expect(read.map(({ name }) => name)).toEqual(names)
        expect(read.map(({ overrides }) => overrides)).toEqual(
          list.map(({ method, options }) => [
            `share.method=${method}`,
            ...options.map((option) => `share.${option}`),
          ]),
        )
      }),
    )
  })
})

describe('budgets', () => {
  test('go to the methods that have one; others run once', () => {
    const read = variants({ share: 'full,jwins,none,jwins:alphas=[1]', budgets: [0.34, 0.1] })
    expect(read.map(labelOf)).toEqual([
      'full',
      'jwins, 34 %',
      'jwins, 10 %',
      'none',
      'jwins:alphas=[1]',
    ])
  })

  test("a budget that names a list of JWINS's is what that list costs, for all", () => {
    for (const [budget, cost] of [
      [0.34, 2.4 / 7],
      [0.2, 0.19],
      [0.1, 0.0975],
      [0.05, 0.049375],
    ] as const) {
      const read = variants({ share: 'jwins,choco,top-k,random', budgets: [budget] })
      const [jwins, ...others] = read.map(shareOf)
      expect(jwins).toMatchObject({ budget })
      for (const share of others) expect(share).toHaveProperty('budget', expect.closeTo(cost, 12))
      expect(read.map((variant) => variant.budget)).toEqual([budget, budget, budget, budget])
    }
  })

  test('any other budget is taken as it is', () => {
    expect(variants({ share: 'top-k', budgets: [0.15] }).map(shareOf)).toMatchObject([
      { budget: 0.15 },
    ])
  })

  test("alone, they vary the job's own method", () => {
    const read = variants({ method: 'jwins', budgets: [0.2, 0.1] })
    expect(read.map(shareOf)).toMatchObject([
      { budget: 0.2, wavelet: false },
      { budget: 0.1, wavelet: false },
    ])
  })
})

describe('other keys', () => {
  test('every value of every key with every method', () => {
    const vary = ['topology.kind=ring,full', 'model.hidden=[8],[8, 8]']
    const read = variants({ share: 'full,none', vary })
    expect(read).toHaveLength(8)
    expect(read[5]).toEqual({
      name: 'none',
      budget: null,
      setting: 'topology.kind=full model.hidden=[8]',
      overrides: ['share.method=none', 'topology.kind=full', 'model.hidden=[8]'],
    })
  })

  test("the job's own variants, with settings; not with budgets", () => {
    const named = { 'D-PSGD': ['share.method=full'], own: ['share.budget=0.1'] }
    expect(variants({ named, vary: ['nodes=4,8'] }).map(labelOf)).toEqual([
      'D-PSGD, nodes=4',
      'own, nodes=4',
      'D-PSGD, nodes=8',
      'own, nodes=8',
    ])
    expect(variants({ named, share: 'none' }).map(labelOf)).toEqual(['none'])
    expect(() => variants({ named, budgets: [0.1] })).toThrow('--share')
  })

  test('some of them, in the order of the job file', () => {
    const named = { a: ['seed=1'], 'b, masked': ['seed=2'], c: ['seed=3'] }
    expect(variants({ named, only: ['c', 'b, masked'] }).map(labelOf)).toEqual(['b, masked', 'c'])
    expect(() => variants({ named, only: ['b, maskt'] })).toThrow('did you mean "b, masked"?')
    expect(() => variants({ named, only: ['another one'] })).toThrow('the job has a; b, masked; c')
    expect(() => variants({ named, only: ['a'], share: 'full' })).toThrow('--share compares others')
    expect(() => variants({ only: ['a'] })).toThrow('the job file has none')
  })

  test('nothing at all is refused, and so is a key without values', () => {
    expect(() => variants({})).toThrow('--share full,jwins')
    expect(() => variants({ vary: ['nodes'] })).toThrow('path=a,b,c')
  })
})

test('runs: one seed after the other, the seed as the last override', () => {
  const runs = planRuns(variants({ share: 'full,none' }), [90, 91])
  expect(runs.map(({ variant, seed }) => `${variant.name} ${seed}`)).toEqual([
    'full 90',
    'none 90',
    'full 91',
    'none 91',
  ])
  expect(runs[3]!.overrides).toEqual(['share.method=none', 'seed=91'])
})

test('a reference is a variant, or a method that one of them has', () => {
  const list = variants({ share: 'full,choco:gamma=0.1' })
  const shares = ['full', 'choco']
  expect(referenceOf('choco:gamma=0.1', list, shares)).toBe('choco:gamma=0.1')
  expect(referenceOf('cho', list, shares)).toBe('choco')
  expect(() => referenceOf('jwins', list, shares)).toThrow('full, choco:gamma=0.1')
})
