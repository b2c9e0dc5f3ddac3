import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { datasetSchema, datasets, partitionSchema, partitions } from '../../src/data/index.ts'

type JsonSchema = { properties?: Record<string, JsonSchema>; description?: string }

const alternatives = (schema: z.ZodType) => {
  const { oneOf, anyOf } = z.toJSONSchema(schema, { io: 'input' }) as Record<string, JsonSchema[]>
  return (oneOf ?? anyOf)!
}

describe.each([
  ['datasetSchema', datasetSchema, Object.keys(datasets), 'name'],
  ['partitionSchema', partitionSchema, Object.keys(partitions), 'kind'],
] as const)('%s', (_, schema, names, key) => {
  test('has one alternative for each entry of the registry', () => {
    const listed = alternatives(schema).map(
      ({ properties }) => (properties![key] as { const?: string }).const,
    )
    expect(listed).toEqual(names)
  })

  test('describes every option', () => {
    for (const { properties } of alternatives(schema)) {
      for (const [name, option] of Object.entries(properties!)) {
        expect(option.description, name).toBeTruthy()
      }
    }
  })

  test('refuses unknown keys', () => {
    for (const name of names) {
      expect(schema.safeParse({ [key]: name, colour: 'red' }).success).toBe(false)
    }
  })
})

test('defaults are filled in', () => {
  expect(datasetSchema.parse({ name: 'clusters' })).toEqual({
    name: 'clusters',
    classes: 10,
    dim: 64,
    separation: 0.35,
    noise: 1,
    train: 4000,
    test: 1000,
    seed: 7,
  })
  expect(partitionSchema.parse({ kind: 'shards' })).toEqual({ kind: 'shards', perNode: 2 })
})
