import { readFileSync } from 'node:fs'
import { parse } from 'smol-toml'
import { expect, test } from 'vitest'
import { datasetSchema, datasets, ownPartProblem, partitions } from '../../src/data/index.ts'

const page = readFileSync(new URL('../../docs/data.md', import.meta.url), 'utf8')

test('the job snippets are valid, and the one for own parts leaves nothing open', () => {
  const snippets = [...page.matchAll(/```toml\n(.*?)```/gs)].map(([, toml]) => parse(toml!))
  const options = snippets.map(({ data }) => datasetSchema.parse(data))
  expect(options.map((option) => ownPartProblem(option) === null)).toEqual([false, true])
})

test('every data set and every partition has its row', () => {
  for (const name of [...Object.keys(datasets), ...Object.keys(partitions)]) {
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'))
  }
})
