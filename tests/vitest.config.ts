import { defineConfig } from 'vitest/config'

/** Where the CI script wants the counts. */
const report = process.env['STARLING_TEST_REPORT']

/** Rooms whose tests leave nothing behind in their process: one serves file after file, which saves most of a minute. */
const clean = [
  'api',
  'attacks',
  'comparison',
  'crypto',
  'data',
  'emulation',
  'learning',
  'model',
  'network',
  'numeric',
  'reporting',
  'runtime',
  'services',
  'sharing',
  'topology',
]
const filesOf = clean.map((room) => `tests/${room}/**/*.test.ts`)

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      { extends: true, test: { name: 'clean', include: filesOf, isolate: false } },
      { extends: true, test: { name: 'alone', include: ['tests/**/*.test.ts'], exclude: filesOf } },
    ],
  },
})
