import { describe, expect, test } from 'vitest'
import { RANKED, skewedJob } from './jobs.ts'
import { labelAuc } from './labels.ts'
import { record } from './record.ts'

describe.each(Object.entries(RANKED))('(20) %s', (_, share) => {
  const job = skewedJob(share)

  test('the indices that a node chooses name its labels, masked values or not', async () => {
    expect(labelAuc(await record('own', job))).toBeGreaterThan(0.9)
  })

  test('indices drawn by a public coin say nothing', async () => {
    expect(Math.abs(labelAuc(await record('public-coin', job)) - 0.5)).toBeLessThan(0.07)
  })

  test('blocks of the largest summed energy name the labels of all senders together', async () => {
    const auc = labelAuc(await record('summed-energy', job))
    expect(auc).toBeGreaterThan(0.55)
    expect(auc).toBeLessThan(0.75)
  })

  test('and not those of the receiver that asks for them', async () => {
    expect(labelAuc(await record('summed-energy', job), 'receiver')).toBeLessThan(0.57)
  })
})
