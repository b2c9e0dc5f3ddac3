import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Comparison, readComparison } from '../../daemon/cli/commands/compare/plan.ts'
import { emulatedRunId } from '../../src/emulation/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'starling-compare-'))
afterAll(() => rmSync(folder, { recursive: true }))

const globals = { dir: folder, json: false, verbose: false }

const JOB = `version = 1
name = "x"
seed = 7
nodes = 5
model = { name = "mlp" }
data = { name = "clusters" }
topology = { kind = "edges", file = "edges.txt" }
train = { rounds = 3, lr = 0.1 }
`
writeFileSync(join(folder, 'edges.txt'), '0 1\n1 2\n2 3\n3 4\n')

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const plain = write('plain.toml', JOB)
const named = write(
  'named.toml',
  `${JOB}[compare.variants]\n"D-PSGD" = []\nfrugal = ["share.method=top-k", "train.rounds=4"]\n`,
)

const jobsOf = ({ runs }: Comparison) => runs.map(({ file }) => file.job)
const idsOf = (comparison: Comparison) =>
  jobsOf(comparison).map((job) => Buffer.from(emulatedRunId(job)).toString('hex'))

test('every run is a whole job: variant, common overrides, seed, edges from their file', async () => {
  const options = { ...globals, share: 'full,jwins', budget: [0.2], set: ['train.lr=0.2'] }
  const comparison = await readComparison({ ...options, seeds: { count: 2 } }, plain)
  expect(comparison.request).toMatchObject({ name: 'x', seeds: [7, 8], planned: 4 })
  expect(jobsOf(comparison)).toMatchObject([
    { seed: 7, share: { method: 'full' }, train: { lr: 0.2 } },
    { seed: 7, share: { method: 'jwins', budget: 0.2 }, train: { lr: 0.2 } },
    { seed: 8, share: { method: 'full' } },
    { seed: 8, share: { method: 'jwins', budget: 0.2 } },
  ])
  for (const job of jobsOf(comparison)) expect(job.topology).toHaveProperty('edges.length', 4)
  const listed = await readComparison({ ...options, seeds: { list: [9, 3] } }, plain)
  expect(jobsOf(listed).map(({ seed }) => seed)).toEqual([9, 9, 3, 3])
})

test("the job's own variants; the list itself changes no run", async () => {
  const comparison = await readComparison({ ...globals, quiet: true }, named)
  expect(comparison.runs.map(({ variant }) => variant.name)).toEqual(['D-PSGD', 'frugal'])
  expect(jobsOf(comparison)).toMatchObject([
    { share: { method: 'full' }, train: { rounds: 3 } },
    { share: { method: 'top-k' }, train: { rounds: 4 } },
  ])
  const shared = await readComparison({ ...globals, share: 'full' }, plain)
  expect(idsOf(comparison)[0]).toBe(idsOf(shared)[0])
})

test('a variant that cannot be is named before anything is run', async () => {
  const loss = { ...globals, share: 'full,choco', set: ['emulation.loss=0.1'] }
  await expect(readComparison(loss, plain)).rejects.toThrow(/^choco: [\s\S]*needs every message/)
  const torus = { ...globals, share: 'full', vary: ['topology.kind=ring,torus'] }
  await expect(readComparison(torus, plain)).rejects.toMatchObject({
    name: 'InvalidVariantError',
    variant: 'full, topology.kind=torus',
  })
})

test('the reference is found by its short name', async () => {
  const options = { ...globals, share: 'full,choco:gamma=0.3', reference: 'cho' }
  expect((await readComparison(options, plain)).request.reference).toBe('choco')
})
