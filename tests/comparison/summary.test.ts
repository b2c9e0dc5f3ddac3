import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesToReach, type ComparisonPoint, summarise } from '../../src/comparison/index.ts'
import { comparedRun, type RunFigures } from './runs.ts'

const seeds = [90, 91, 92]

function rowsOf(figures: readonly RunFigures[], request: object = {}) {
  const runs = figures.map(comparedRun)
  return summarise({ name: 'x', seeds, planned: 9, ...request }, runs).rows
}

const full: RunFigures = { variant: 'full', accuracies: [0.4, 0.6, 0.8], bytes: 1000 }

describe('a row', () => {
  const [row] = rowsOf([
    { ...full, seed: 92, accuracies: [0.1, 0.5, 0.6], bytes: 1200 },
    { ...full, seed: 90, accuracies: [0.3, 0.7, 0.8], bytes: 1000 },
  ])

  test('is the mean over its seeds, whatever their order; a missing one is null', () => {
    expect(row!.accuracy).toEqual({
      mean: expect.closeTo(0.7),
      min: 0.6,
      max: 0.8,
      perSeed: [0.8, null, 0.6],
    })
    expect(row!.bytes).toEqual({
      perNodePerRound: 1100,
      values: 1070,
      indices: 20,
      overhead: 10,
      perNode: 33_000,
      perDeliveredValue: null,
      ratioToFull: 1,
    })
    expect(row!.droppedShare).toBeNull()
  })

  test('has the mean curve, with the lowest and the highest seed', () => {
    expect(row!.curve[1]).toEqual({
      round: 20,
      accuracy: expect.closeTo(0.6),
      accuracyMin: 0.5,
      accuracyMax: 0.7,
      bytes: 22_000,
    })
  })
})

describe('bytes for each value that was mixed in', () => {
  const masked = { variant: 'masked', accuracies: [0.5], droppedShare: 0.2 }

  test('are a mean over seeds, as is the share dropped', () => {
    const [row] = rowsOf([
      { ...masked, seed: 90, bytes: 1000, deliveredValues: 200 },
      { ...masked, seed: 91, bytes: 1000, deliveredValues: 100, droppedShare: 0.4 },
    ])
    expect(row!.bytes.perDeliveredValue).toBeCloseTo(7.5)
    expect(row!.droppedShare).toBeCloseTo(0.3)
  })

  test('are not known where they are not of one seed, or where nothing was', () => {
    const known = { ...masked, seed: 90, bytes: 1000, deliveredValues: 200 }
    for (const deliveredValues of [null, 0]) {
      const [row] = rowsOf([known, { ...masked, seed: 91, bytes: 1000, deliveredValues }])
      expect(row!.bytes.perDeliveredValue).toBeNull()
    }
  })
})

describe('against full sharing', () => {
  test('the target is its final accuracy less one point', () => {
    const [, sparse] = rowsOf([full, { variant: 'jwins', accuracies: [0.69, 0.89], bytes: 250 }])
    expect(sparse).toMatchObject({ target: expect.closeTo(0.79), bytes: { ratioToFull: 0.25 } })
    expect(sparse!.bytesToTarget).toBeCloseTo(3750)
  })

  test('each setting has its own', () => {
    const other = { ...full, setting: 'nodes=4', accuracies: [0.5], bytes: 2000 }
    const sparse: RunFigures = {
      variant: 'jwins',
      setting: 'nodes=4',
      accuracies: [0.5],
      bytes: 500,
    }
    const runs = [full, other, sparse].map(comparedRun)
    const result = summarise({ name: 'x', seeds, planned: 3 }, runs)
    expect(result.rows[2]).toMatchObject({ target: 0.49, bytes: { ratioToFull: 0.25 } })
    expect(result.target).toBeNull()
  })

  test('without it there is neither target nor ratio, unless a target is given', () => {
    const jwins: RunFigures = { variant: 'jwins', accuracies: [0.5], bytes: 500 }
    expect(rowsOf([jwins])[0]).toMatchObject({ target: null, bytesToTarget: null })
    expect(rowsOf([jwins], { target: 0.4 })[0]).toMatchObject({ target: 0.4, bytesToTarget: 5000 })
    expect(rowsOf([jwins])[0]!.bytes.ratioToFull).toBeNull()
  })
})

describe('against a reference', () => {
  const choco = (gamma: number, budget: number, accuracies: readonly number[]): RunFigures => ({
    variant: `choco:gamma=${gamma}`,
    share: 'choco',
    budget,
    accuracies,
    bytes: 200,
  })
  const figures = [
    full,
    choco(0.1, 0.2, [0.3, 0.5]),
    choco(0.6, 0.2, [0.4, 0.7]),
    choco(0.1, 0.1, [0.3, 0.4]),
    { variant: 'jwins', budget: 0.2, accuracies: [0.7, 0.9], bytes: 200 },
    { variant: 'jwins', budget: 0.1, accuracies: [0.2, 0.39], bytes: 100 },
  ]

  test('a method stands for the best of its variants at the same budget', () => {
    const rows = rowsOf(figures, { reference: 'choco' })
    expect(rows[4]).toMatchObject({
      referenceAccuracy: 0.7,
      bytesToReference: 2000,
      referenceRatio: 2,
    })
    expect(rows[2]).toMatchObject({ bytesToReference: 4000, referenceRatio: 1 })
    expect(rows[1]).toMatchObject({ bytesToReference: null, referenceRatio: null })
    expect(rows[5]).toMatchObject({ referenceAccuracy: 0.4, bytesToReference: null })
  })

  test('a name stands for that variant alone; without budget it stands beside all', () => {
    const named = rowsOf(figures, { reference: 'choco:gamma=0.1' })
    expect(named[4]!.referenceAccuracy).toBe(0.5)
    const plain = rowsOf(figures, { reference: 'full' })
    expect(plain.map((row) => row.referenceAccuracy)).toEqual(figures.map(() => 0.8))
  })
})

describe('bytes to an accuracy', () => {
  const curve = (points: readonly (readonly [number, number])[]): ComparisonPoint[] =>
    points.map(([bytes, accuracy], i) => ({
      round: i + 1,
      bytes,
      accuracy,
      accuracyMin: accuracy,
      accuracyMax: accuracy,
    }))

  test('lie on a straight line between evaluations', () => {
    const line = curve([
      [100, 0.2],
      [200, 0.6],
      [300, 0.5],
    ])
    expect(bytesToReach(line, 0.1)).toBe(100)
    expect(bytesToReach(line, 0.3)).toBeCloseTo(125)
    expect(bytesToReach(line, 0.6)).toBe(200)
    expect(bytesToReach(line, 0.61)).toBeNull()
    expect(bytesToReach([], 0.1)).toBeNull()
  })

  test('never fall as the accuracy asked for rises', () => {
    const points = fc.array(fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.double(unit)))
    fc.assert(
      fc.property(points, fc.double(unit), fc.double(unit), (steps, a, b) => {
        let bytes = 0
        const line = curve(
          steps.map(([step, accuracy]) => {
            bytes += step
            return [bytes, accuracy]
          }),
        )
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map(
          (accuracy) => bytesToReach(line, accuracy) ?? Number.POSITIVE_INFINITY,
        )
        expect(low).toBeLessThanOrEqual(high! + 1e-9)
      }),
    )
  })
})

const unit = { min: 0, max: 1, noNaN: true }
