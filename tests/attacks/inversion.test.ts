import { expect, test } from 'vitest'
import { invert } from './inversion.ts'

/** So many examples from `first` on; example i is of class i mod 10. */
const examples = (first: number, count: number) =>
  Int32Array.from({ length: count }, (_, i) => first + i)

test('(22) one node’s update gives away its images, of a batch with one of each class', async () => {
  expect((await invert([examples(0, 1)])).ssim).toBeGreaterThan(0.99)
  const { psnr, ssim } = await invert([examples(0, 8)])
  expect(ssim).toBeGreaterThan(0.95)
  expect(psnr).toBeGreaterThan(30)
})

test.each([3, 4])(
  '(22) the sum of %i nodes’ updates gives blurs of several images',
  async (nodes) => {
    const batches = Array.from({ length: nodes }, (_, node) => examples(13 * node, 8))
    const { psnr, ssim } = await invert(batches)
    expect(ssim).toBeLessThan(0.6)
    expect(psnr).toBeLessThan(20)
  },
)

test('(22) a sum hides an image among others of its class only: where there are none, it is there to see', async () => {
  const strangers = [examples(0, 1), examples(13, 1), examples(26, 1)]
  expect((await invert(strangers)).ssim).toBeGreaterThan(0.99)
  const alike = [examples(0, 1), examples(10, 1), examples(20, 1)]
  expect((await invert(alike)).ssim).toBeLessThan(0.6)
})
