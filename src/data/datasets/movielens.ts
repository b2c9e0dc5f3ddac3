/**
 * MovieLens ratings (F. M. Harper and J. A. Konstan, 2015): (user, item) → stars, from the official `ratings.csv`
 * with the header userId,movieId,rating,timestamp. Users and items are renumbered from 0 in ascending order of
 * their ids; each user's ratings are split 70/30 by seed; a client is a user.
 */
import { z } from 'zod'
import { randomStream } from '../../numeric/random.ts'
import { DataFileError } from '../errors.ts'
import type { Examples } from '../interface.ts'
import { selectExamples } from '../split.ts'
import { parseTable } from './csv-table.ts'
import { defineDataset, type SourceFile } from './definition.ts'
import { pathOption, splitOptions } from './options.ts'

const STARS = { minimum: 0.5, maximum: 5 }
/** The largest official set has 33 million ratings in 0.9 GB; a JavaScript string cannot hold more than this. */
const LIMIT = 512 * 1024 * 1024 - 64
const count = z.number().int().positive().max(10_000_000)

export const movielens = defineDataset({
  schema: z.strictObject({
    name: z.literal('movielens').describe('MovieLens ratings; a client is a user.'),
    file: pathOption.default('ratings.csv').describe('Ratings as CSV: userId,movieId,rating,….'),
    testShare: splitOptions.testShare
      .default(0.3)
      .describe("Share of each user's ratings held out."),
    seed: splitOptions.seed,
    users: count
      .optional()
      .describe('With `items`: ids in the file are 1 … users already and are not renumbered.'),
    items: count.optional().describe('With `users`: ids in the file are 1 … items already.'),
  }),
  folder: 'movielens',
  needs: ({ file }) => ({
    kind: 'files',
    files: [
      { key: 'ratings', names: [file, `ml-latest-small/${file}`], limit: LIMIT, holds: 'train' },
    ],
  }),
  ownPartProblem: ({ users, items }) =>
    users !== undefined && items !== undefined
      ? null
      : 'nodes that number users and items each by themselves do not agree. ' +
        'Give `users` and `items` in the job and use ids 1 … users and 1 … items in every file.',
  build(options, files) {
    const file = files.get('ratings')!
    const rows = readRatings(file)
    const users = numbering(rows.users, options.users, 'user', file)
    const items = numbering(rows.items, options.items, 'item', file)
    const inputs = new Int32Array(rows.ratings.length * 2)
    rows.ratings.forEach((_, i) => {
      inputs[2 * i] = users.indexOf(rows.users[i]!)
      inputs[2 * i + 1] = items.indexOf(rows.items[i]!)
    })
    const clients = inputs.filter((_, i) => i % 2 === 0)
    const all: Examples = {
      count: rows.ratings.length,
      inputs,
      inputShape: [2],
      labels: rows.ratings,
      clients,
    }
    const { train, test } = splitByUser(clients, options)
    if (test.length === 0) {
      throw new DataFileError(
        file.path,
        'no user has two ratings, so none can be held out for testing',
        'Put a larger file there.',
      )
    }
    return {
      name: 'movielens',
      input: { kind: 'tokens', shape: [2] },
      output: { kind: 'rating', ...STARS },
      vocabulary: [users.count, items.count],
      train: selectExamples(all, train),
      test: selectExamples(all, test),
    }
  },
})

function readRatings(file: SourceFile) {
  const table = parseTable(file, { separator: ',', columns: null })
  const column = (name: string) => {
    const index = table.columns.indexOf(name)
    if (index >= 0) return index
    throw new DataFileError(
      file.path,
      `it has no column "${name}" (its columns: ${table.columns.join(', ')})`,
      'The official ratings.csv starts with userId,movieId,rating,timestamp.',
    )
  }
  const [user, item, rating] = [column('userId'), column('movieId'), column('rating')]
  const users = new Int32Array(table.rows.length)
  const items = new Int32Array(table.rows.length)
  const ratings = new Float32Array(table.rows.length)
  table.rows.forEach((row, i) => {
    const ids = [Number(row[user]), Number(row[item])] as const
    const stars = Number(row[rating] || 'none')
    const idsFit = ids.every((id) => Number.isInteger(id) && id > 0 && id < 2 ** 31)
    if (!idsFit || !(stars >= STARS.minimum && stars <= STARS.maximum)) {
      throw new DataFileError(
        file.path,
        `row ${i + 2} is user "${row[user]}", movie "${row[item]}", rating "${row[rating]}"`,
        `Ids are positive integers and ratings from ${STARS.minimum} to ${STARS.maximum}.`,
      )
    }
    users[i] = ids[0]
    items[i] = ids[1]
    ratings[i] = stars
  })
  return { users, items, ratings }
}

/** Index of each id: by ascending id among those in the file, or id − 1 where the job fixes their number. */
function numbering(ids: Int32Array, fixed: number | undefined, what: string, file: SourceFile) {
  if (fixed !== undefined) {
    const outside = ids.find((id) => id > fixed)
    if (outside !== undefined) {
      throw new DataFileError(
        file.path,
        `it names ${what} ${outside} and the job has ${fixed} ${what}s`,
        `Raise \`${what}s\` in the job, or renumber the file.`,
      )
    }
    return { count: fixed, indexOf: (id: number) => id - 1 }
  }
  const sorted = Int32Array.from(new Set(ids)).sort()
  const index = new Map(Array.from(sorted, (id, i) => [id, i]))
  return { count: sorted.length, indexOf: (id: number) => index.get(id)! }
}

/** Each user's ratings, shuffled, give ⌊share × number⌋ test examples. Both lists ascend. */
function splitByUser(
  clients: Int32Array,
  { testShare, seed }: { readonly testShare: number; readonly seed: number },
): { train: Int32Array; test: Int32Array } {
  const byUser = new Map<number, number[]>()
  clients.forEach((user, i) => {
    const own = byUser.get(user)
    if (own === undefined) byUser.set(user, [i])
    else own.push(i)
  })
  const train: number[] = []
  const test: number[] = []
  for (const [user, own] of byUser) {
    randomStream(seed, 'movielens', user).shuffle(own)
    const held = Math.floor(own.length * testShare)
    for (let i = 0; i < own.length; i++) (i < held ? test : train).push(own[i]!)
  }
  return { train: Int32Array.from(train).sort(), test: Int32Array.from(test).sort() }
}
