/** The keys that a job can have, read off its schema, and what to say of one that it cannot. */
import { listed, valueAt } from './describe-issue.ts'
import { jobJsonSchema } from './job.ts'
import { nearest } from './nearest.ts'

type Node = Record<string, unknown>

/** What other programs call these, without case, hyphens and underscores. */
const SYNONYMS: Readonly<Record<string, string>> = {
  learningrate: 'lr',
  epochs: 'rounds',
  iterations: 'rounds',
  steps: 'localSteps',
  batchsize: 'batch',
  dataset: 'data',
  sharing: 'share',
  graph: 'topology',
}

/** Keys that the schema allows at `path`, following discriminated unions by what the data says. */
export function knownKeys(path: readonly string[], data: unknown): string[] {
  const here = valueAt(data, path)
  const fits = (schema: Node) =>
    Object.entries(propertiesOf(schema)).every(
      ([key, property]) =>
        property['const'] === undefined || valueAt(here, [key]) === property['const'],
    )
  const schemas = schemasAt(path)
  const fitting = schemas.filter(fits)
  // Where the data have chosen no kind that there is, any may have been meant.
  const keys = (fitting.length > 0 ? fitting : schemas).flatMap((schema) =>
    Object.keys(propertiesOf(schema)),
  )
  return [...new Set(keys)]
}

/** Keys that a table at `path` must have, whatever its kind. */
export function requiredKeys(path: readonly string[]): string[] {
  const [first = [], ...others] = schemasAt(path)
    .filter((schema) => schema['type'] === 'object')
    .map((schema) => (schema['required'] ?? []) as string[])
  return first.filter((key) => others.every((keys) => keys.includes(key)))
}

/** What an unknown key at `path` may have been meant to be, as a question; undefined where nothing comes near. */
export function keyHint(key: string, path: readonly string[], data: unknown): string | undefined {
  // The key itself can be among them: that of an alternative which the other keys rule out.
  const keys = knownKeys(path, data).filter((known) => known !== key)
  const meant = SYNONYMS[key.toLowerCase().replace(/[-_]/g, '')] ?? key
  if (keys.includes(meant)) return didYouMean([meant])
  const places = path.length === 0 ? placesOf(meant) : []
  if (places.length > 0) return didYouMean(places)
  const suggestion = nearest(key, keys)
  if (suggestion !== undefined) return didYouMean([suggestion])
  const kind = kindWith(key, path)
  if (kind !== undefined) return `it goes with ${kind}`
  // In TOML whatever stands below a [table] belongs to it.
  const isTopLevel = path.length > 0 && knownKeys([], data).includes(meant)
  return isTopLevel ? `"${meant}" stands at the top, before the first [table]` : undefined
}

/** Where a key is one level down, whatever kinds the data has chosen. */
function placesOf(key: string): string[] {
  return knownKeys([], undefined)
    .filter((table) =>
      schemasAt([table]).some((schema) => Object.hasOwn(propertiesOf(schema), key)),
    )
    .map((table) => `${table}.${key}`)
}

/** Which kinds of a table have a key: `method = "top-k" or "jwins"`. */
function kindWith(key: string, path: readonly string[]): string | undefined {
  const kinds = schemasAt(path)
    .map(propertiesOf)
    .filter((properties) => Object.hasOwn(properties, key))
    .flatMap((properties) => Object.entries(properties))
    .filter(([, { const: value }]) => value !== undefined)
  const names = kinds.map(([, { const: value }]) => JSON.stringify(value))
  return kinds[0] && `${kinds[0][0]} = ${listed(names, 'or')}`
}

function didYouMean(words: readonly string[]): string {
  return `did you mean ${words.map((word) => `"${word}"`).join(' or ')}?`
}

/** What the schema allows at `path`, of every kind. */
function schemasAt(path: readonly string[]): Node[] {
  let schemas = alternatives(jobJsonSchema())
  for (const step of path) {
    schemas = schemas.flatMap((schema) => {
      const inner = propertiesOf(schema)[step]
      return inner === undefined ? [] : alternatives(inner)
    })
  }
  return schemas
}

function alternatives(schema: Node): Node[] {
  const options = (schema['anyOf'] ?? schema['oneOf']) as Node[] | undefined
  const isTable = schema['properties'] !== undefined
  return options === undefined || isTable ? [schema] : options.flatMap(alternatives)
}

function propertiesOf(schema: Node): Record<string, Node> {
  return (schema['properties'] ?? {}) as Record<string, Node>
}
