import { describe, expect, it } from 'vitest'
import { applyOverrides, type InvalidJobError, parseJob } from '../../src/learning/index.ts'

const train = { rounds: 5, lr: 0.1 }
const minimal = {
  version: 1,
  name: 'tiny',
  model: { name: 'mlp' },
  data: { name: 'clusters' },
  train,
}

/** The problems that parsing the minimal job with these changes reports. */
function problems(changes: object): readonly string[] {
  try {
    parseJob({ ...minimal, ...changes })
    return []
  } catch (error) {
    return (error as InvalidJobError).problems
  }
}

describe('a wrong value', () => {
  it.each<[object, string | RegExp]>([
    [{ version: 2 }, 'version: 2 cannot stand here; give 1'],
    [{ version: undefined }, 'version: is missing; give 1'],
    [
      { name: 'A B' },
      'name: "A B" does not fit; give lower-case letters, digits and hyphens, at most 64',
    ],
    [{ train: { rounds: 5 } }, 'train.lr: is missing; give a number'],
    [{ train: undefined }, 'train: is missing; give a table with rounds and lr'],
    [{ topology: 'ring' }, 'topology: "ring" is no table; give a table with kind'],
    [{ train: { ...train, lr: '0.1' } }, 'train.lr: "0.1" is no number'],
    [{ train: { ...train, batch: 1.5 } }, 'train.batch: 1.5 is no whole number'],
    [{ train: { ...train, rounds: 0 } }, 'train.rounds: 0 is too small; give more than 0'],
    [{ nodes: 1e6 }, 'nodes: 1000000 is too large; give 100000 or less'],
    [{ model: { name: 'mlp', hidden: 12 } }, 'model.hidden: 12 is no list'],
    [{ privacy: { ringBits: 8 } }, 'privacy.ringBits: 8 cannot stand here; give 32 or 16'],
    [
      { share: { method: 'jwins', wavelet: 'yes' } },
      'share.wavelet: "yes" cannot stand here; give true or false',
    ],
    [{ emulation: { churn: { leave: 0.1 } } }, 'emulation.churn.rejoin: is missing; give a number'],
    [{ emulation: { churn: 'x' } }, 'emulation.churn: "x" cannot stand here; give a table'],
    [{ compare: { variants: { '': [] } } }, /"" is too short; give 1 or more characters/],
  ])('%j is told with what may stand there', (changes, problem) => {
    expect(problems(changes)).toEqual([
      problem instanceof RegExp ? expect.stringMatching(problem) : problem,
    ])
  })

  it.each([
    [{ share: { method: 'fulll' } }, 'share.method: "fulll"', '"full"', '"jwins"'],
    [{ train: { ...train, optimiser: 'adm' } }, 'train.optimiser: "adm"', '"adam"', '"sgd"'],
    [{ weights: 'unifrom' }, 'weights: "unifrom"', '"uniform"', '"metropolis-hastings"'],
    [{ topology: { kind: 'rng' } }, 'topology.kind: "rng"', '"ring"', '"el-local"'],
    [{ data: { name: 'mnits' } }, 'data.name: "mnits"', '"mnist"', '"clusters"'],
    [{ model: { name: 'mpl' } }, 'model.name: "mpl"', '"mlp"', '"gn-lenet"'],
    [{ limits: { deadline: 'adaptve' } }, 'limits.deadline: "adaptve"', '"adaptive"', 'a number'],
  ])('%j is a misspelling of a word that is named, and so are the others', (changes, ...parts) => {
    const [where, meant, other] = parts
    const [problem, ...more] = problems(changes)
    expect(more).toEqual([])
    expect(problem).toMatch(new RegExp(`^${where} is unknown; did you mean ${meant}\\? Known: `))
    expect(problem).toContain(other)
  })

  it('that is long, or would reach the terminal as more than text, is cut and cleaned', () => {
    const [problem] = problems({ weights: `\u009b31m${'x'.repeat(1e5)}` })
    expect(problem).toMatch(/^weights: "\?31mx{50,}… cannot stand here/)
    expect(problem!.length).toBeLessThan(200)
  })
})

describe('an unknown key', () => {
  it.each([
    [{ rounds: 3 }, 'rounds: unknown key; did you mean "train.rounds"?'],
    [{ every: 3 }, 'every: unknown key; did you mean "eval.every" or "checkpoint.every"?'],
    [{ budget: 0.1 }, 'budget: unknown key; did you mean "share.budget"?'],
    [{ learning_rate: 1 }, 'learning_rate: unknown key; did you mean "train.lr"?'],
    [{ epochs: 3 }, 'epochs: unknown key; did you mean "train.rounds"?'],
    [
      { train: { ...train, learningRate: 1 } },
      'train.learningRate: unknown key; did you mean "lr"?',
    ],
    [{ train: { ...train, batchSize: 1 } }, 'train.batchSize: unknown key; did you mean "batch"?'],
    [
      { train: { ...train, nodes: 3 } },
      'train.nodes: unknown key; "nodes" stands at the top, before the first [table]',
    ],
    [{ emulation: { churn: { trace: 'x', leave: 0.1 } } }, 'emulation.churn.leave: unknown key'],
    [{ share: { alphas: [0.1] } }, 'share.alphas: unknown key; it goes with method = "jwins"'],
    [
      { share: { method: 'full', accumulate: true } },
      'share.accumulate: unknown key; it goes with method = "top-k" or "jwins"',
    ],
    [
      { partition: { kind: 'iid', alpha: 1 } },
      'partition.alpha: unknown key; it goes with kind = "dirichlet"',
    ],
  ])('%j is told where it belongs', (changes, problem) => {
    expect(problems(changes)).toEqual([problem])
  })

  it('is told its nearest spelling also where the version is wrong', () => {
    expect(problems({ version: 2, sed: 3 })).toContain('sed: unknown key; did you mean "seed"?')
  })

  it.each([
    ['rounds=3', 'unknown key rounds; did you mean "train.rounds"?'],
    ['train.learningRate=1', 'unknown key train.learningRate; did you mean "lr"?'],
  ])('--set %s is told the same', (override, problem) => {
    expect(() => applyOverrides(minimal, [override])).toThrow(problem)
  })
})
