/** Checks that take minutes: `npm run test:long`. */
import { defineConfig, mergeConfig } from 'vitest/config'
import config from './vitest.config.ts'

const merged = mergeConfig(config, defineConfig({ test: { maxWorkers: 1 } }))
merged.test.include = ['tests/**/*.long.ts']

export default merged
