/** The daemon's settings: one schema for flags, environment variables and `config.toml`. */
import { z } from 'zod'
import { BACKENDS } from '../../src/engine/interface.ts'
import { PROCESSORS, tooManyThreads } from './processors.ts'

const address = z.string().startsWith('/', 'a multiaddress such as /ip4/0.0.0.0/tcp/4001')

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const

export const configSchema = z.strictObject({
  network: z
    .strictObject({
      listen: z
        .array(address)
        .default(['/ip4/0.0.0.0/tcp/0'])
        .describe('Addresses to listen on. Port 0: any free one.'),
      announce: z
        .array(address)
        .default([])
        .describe('Addresses to tell others instead, for a machine behind a forwarded port.'),
      bootstrap: z.array(address).default([]).describe('Daemons to dial at start.'),
      mdns: z
        .boolean()
        .default(true)
        .describe(
          'Find the members of runs on the local network, also when their addresses change.',
        ),
    })
    .prefault({}),
  engine: z
    .strictObject({
      backend: z
        .enum(['auto', ...BACKENDS])
        .default('auto')
        .describe('What computes.'),
      threads: z
        .number()
        .int()
        .positive()
        .refine((threads) => threads <= PROCESSORS, {
          error: ({ input }) => tooManyThreads(Number(input)),
        })
        .default(1)
        .describe('Threads of one step, as many as the machine has processors at most.'),
      blas: z.enum(['auto', 'off', 'on']).default('off').describe('OpenBLAS for matrix products.'),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(LOG_LEVELS).default('info') }).prefault({}),
})

export type Config = z.output<typeof configSchema>
export type ConfigInput = z.input<typeof configSchema>
