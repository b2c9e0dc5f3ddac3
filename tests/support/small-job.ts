import { applyOverrides, type Job, parseJob } from '../../src/learning/index.ts'

/** A job of seconds: eight nodes, a linear model on small clusters. Overrides as dotted paths. */
export function smallJob(overrides: Record<string, unknown> = {}): Job {
  const base = {
    version: 1,
    name: 'small',
    seed: 5,
    nodes: 8,
    model: { name: 'mlp', hidden: [] },
    data: { name: 'clusters', classes: 4, dim: 6, separation: 1, train: 400, test: 100 },
    partition: { kind: 'shards', perNode: 2 },
    topology: { kind: 'regular', degree: 3 },
    train: { rounds: 10, localSteps: 2, batch: 4, lr: 0.1 },
    eval: { every: 5 },
  }
  const settings = Object.entries(overrides).map(([path, value]) => `${path}=${toml(value)}`)
  return parseJob(applyOverrides(base, settings))
}

function toml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toml).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const pairs = Object.entries(value).map(([key, inner]) => `${key} = ${toml(inner)}`)
  return `{ ${pairs.join(', ')} }`
}
