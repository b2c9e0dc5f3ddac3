/** What does not go together in a job: refused when it is loaded, each with what to do about it. */
import { describe, expect, test } from 'vitest'
import { InvalidJobError, type RoundReport } from '../../src/learning/index.ts'
import { topologies } from '../../src/topology/index.ts'
import { emulateJob } from '../support/emulation.ts'
import { smallJob } from '../support/small-job.ts'
import { topologyCases } from '../topology/cases.ts'

type Settings = Record<string, unknown>

function expectRefused(settings: Settings, problem: RegExp): void {
  const job = () => smallJob(settings)
  expect(job).toThrow(InvalidJobError)
  expect(job).toThrow(problem)
}

describe('a strategy that needs every message', () => {
  const choco = (settings: Settings) => ({ 'share.method': 'choco', ...settings })
  const slow = { share: 0.3, slowdown: 50 }

  test.each<[Settings, RegExp]>([
    [{ 'limits.quorum': 0.5 }, /limits\.quorum .* leave quorum at 0/],
    [{ 'limits.quorum': 1 }, /limits\.quorum/],
    [{ 'limits.deadline': 1, 'emulation.latency': 1 }, /take up to 1\.02 s .* longer than 1 s/],
    [
      { 'limits.maxDeadline': 0.5, 'emulation.latency': 1 },
      /longer than 0\.5 s: set limits\.deadl/,
    ],
    [{ 'limits.deadline': 4, 'emulation.jitter': 0.7 }, /up to 4\.22 s/],
    [{ 'limits.deadline': 1, 'emulation.stragglers': slow }, /up to 1\.98 s/],
    [{ 'limits.maxDeadline': 0.1, 'emulation.stragglers': slow }, /stragglers/],
    [{ 'emulation.stepSeconds': 0.1, 'emulation.stragglers': slow }, /up to 19\.8 s .* than 2 s/],
    [{ 'emulation.latency': 5 }, /up to 5\.02 s .* than 2 s/],
  ])('is refused with %j, and others are not', (settings, problem) => {
    expectRefused(choco(settings), problem)
    expect(smallJob({ ...settings, 'share.method': 'jwins' }).share.method).toBe('jwins')
    expect(smallJob(choco({ ...settings, nodes: 1 })).nodes).toBe(1)
  })

  test.each<[Settings]>([
    [{}],
    [{ 'limits.deadline': 1.1, 'emulation.latency': 1 }],
    [{ 'limits.deadline': 2, 'emulation.stragglers': slow, 'eval.nodes': 3 }],
    [{ 'emulation.stragglers': slow }],
    [{ 'limits.deadline': 4.3, 'emulation.jitter': 0.7 }],
    [{ 'limits.deadline': 20, 'emulation.stepSeconds': 0.1, 'emulation.stragglers': slow }],
    [{ 'emulation.latency': 1.9, 'eval.every': 1 }],
    [{ 'emulation.stepSeconds': 5, 'emulation.latency': 19 }],
  ])('misses no message with %j, which is taken', async (settings) => {
    const reports: RoundReport[] = []
    const job = smallJob(choco({ 'train.rounds': 60, ...settings }))
    await emulateJob(job, { onReport: (report) => reports.push(report) })
    expect(reports).toHaveLength(60 * job.nodes)
    expect(reports.flatMap(({ neighbours }) => neighbours.missing)).toEqual([])
  })
})

describe('share.errorFeedback', () => {
  const fed = (settings: Settings) => ({
    'share.method': 'jwins',
    'share.errorFeedback': true,
    'share.values': 'int8',
    ...settings,
  })

  test.each<[Settings, RegExp]>([
    [{ 'share.accumulate': false }, /with accumulate = false nothing does/],
    [{ 'share.method': 'top-k', 'share.accumulate': false }, /accumulate/],
    [
      { 'share.values': 'lossless' },
      /"lossless" values are not rounded.*share\.values to "float16"/,
    ],
    [{ 'share.values': 'float32' }, /"float32" values are not rounded/],
  ])('is refused with %j, where it has no effect', (settings, problem) => {
    expectRefused(fed(settings), problem)
    expect(smallJob({ ...fed(settings), 'share.errorFeedback': false }).nodes).toBe(8)
  })

  test('is taken where values are rounded and changes accumulate', () => {
    expect(smallJob(fed({})).share).toMatchObject({ errorFeedback: true, accumulate: true })
  })
})

describe('fragments', () => {
  const cut = ({ options, nodes }: (typeof topologyCases)[number]) => ({
    nodes,
    topology: options,
    fragments: 4,
  })
  const inTheMessage = [
    'regular',
    'small-world',
    'erdos-renyi',
    'random-regular',
    'el-oracle',
    'el-local',
  ]

  test.each([...Object.keys(topologies).filter((kind) => !inTheMessage.includes(kind))])(
    'are refused on %s, where all would have the same neighbours',
    (kind) => {
      for (const each of topologyCases.filter(({ options }) => options.kind === kind)) {
        expectRefused(cut(each), /fragments: each of the 4 would have the same.*use "regular", /)
        expect(smallJob({ ...cut(each), fragments: 1 }).fragments).toBe(1)
        expect(smallJob({ topology: { kind: 'ring' }, fragments: 4, nodes: 1 }).nodes).toBe(1)
      }
    },
  )

  test.each(inTheMessage)('are taken on %s', (kind) => {
    const some = topologyCases.filter(
      ({ options, nodes, degree }) => options.kind === kind && nodes > 8 && degree !== nodes - 1,
    )
    const varied = some.filter(({ options }) => !('beta' in options && options.beta === 0))
    expect(varied.length).toBeGreaterThan(0)
    for (const each of varied) expect(smallJob(cut(each)).fragments).toBe(4)
  })

  test.each<[string, Settings]>([
    ['regular', { kind: 'regular', degree: 7 }],
    ['small-world', { kind: 'small-world', k: 2, beta: 0 }],
    ['erdos-renyi', { kind: 'erdos-renyi', p: 1 }],
    ['random-regular', { kind: 'random-regular', degree: 7 }],
    ['el-local', { kind: 'el-local', degree: 7 }],
  ])('are refused on %s where its options leave one graph only', (_, topology) => {
    expectRefused({ topology, fragments: 2 }, /fragments: each of the 2 would have the same/)
  })

  test('on a topology that is impossible leave it to others to say so', () => {
    expect(
      smallJob({ nodes: 7, topology: { kind: 'regular', degree: 3 }, fragments: 2 }).nodes,
    ).toBe(7)
  })
})
