import { expect, test } from 'vitest'
import { auc, Explained, psnr, ssim } from './measures.ts'

test('AUC counts pairs in the right order, ties half', () => {
  expect(auc([3, 4], [1, 2])).toBe(1)
  expect(auc([1, 2], [3, 4])).toBe(0)
  expect(auc([1, 1], [1, 1, 1])).toBe(0.5)
  expect(auc([1, 3], [2])).toBe(0.5)
  expect(auc([1, 2], [0, 1, 2])).toBe(4 / 6)
})

test('R² is 1 for the truth, 0 for zeros and less for worse', () => {
  const of = (estimate: (truth: number) => number) => {
    const explained = new Explained()
    for (const truth of [1, -2, 3]) explained.add(estimate(truth), truth)
    return explained.r2
  }
  expect(of((truth) => truth)).toBe(1)
  expect(of(() => 0)).toBe(0)
  expect(of((truth) => -truth)).toBe(-3)
})

test('images: equal ones are alike, inverted ones are not', () => {
  const image = Float32Array.from({ length: 64 }, (_, i) => (i % 3) / 2)
  expect(ssim(image, image)).toBeCloseTo(1)
  expect(
    ssim(
      image,
      image.map((value) => 1 - value),
    ),
  ).toBeLessThan(0)
  expect(
    psnr(
      image.map((value) => value + 0.1),
      image,
    ),
  ).toBeCloseTo(20)
})
