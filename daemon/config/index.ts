/** The daemon's settings: schema, defaults and where they are read from. */
export { InvalidConfigError } from './errors.ts'
export { environmentName, loadConfig } from './load.ts'
export { PROCESSORS, tooManyThreads } from './processors.ts'
export { type Config, type ConfigInput, LOG_LEVELS } from './schema.ts'
