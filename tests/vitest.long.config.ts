/** Checks that take minutes: `npm run test:long`. */
import { defineConfig } from 'vitest/config'
import config from './vitest.config.ts'

const { projects: _, ...common } = config.test!

export default defineConfig({
  test: { ...common, maxWorkers: 1, include: ['tests/**/*.long.ts'] },
})
