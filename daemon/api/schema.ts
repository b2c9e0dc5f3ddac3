/** The bodies of requests, checked before the daemon sees them. */
import { z } from 'zod'
import { jobSchema } from '../../src/learning/index.ts'
import { MAX_PATH_LENGTH, MAX_TOKEN_LENGTH } from './limits.ts'

const path = z.string().min(1).max(MAX_PATH_LENGTH)

export const createRunSchema = z.strictObject({
  job: jobSchema,
  dataPath: path.optional(),
  modelPath: path.optional(),
  jobFolder: path.optional(),
  owners: z.array(z.string().max(MAX_PATH_LENGTH)).optional(),
  tokenSeconds: z.number().positive().max(31_536_000, 'at most a year').optional(),
})

export const joinRunSchema = z.strictObject({
  token: z.string().max(MAX_TOKEN_LENGTH),
  dataPath: path.optional(),
  modelPath: path.optional(),
})
