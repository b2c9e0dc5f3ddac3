import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { KeyPermissionsError, openIdentityKey } from '../../store/index.ts'
import type { Check, CheckResult } from '../check.ts'

const NAME = 'identity'

/** Whether the daemon could take its identity from the data directory. Makes none where there is none yet. */
export const identity: Check = async ({ directory }) => {
  const path = join(directory, 'identity.key')
  if (!existsSync(path)) return { name: NAME, status: 'ok', detail: 'drawn at the first start' }
  const fail = (detail: string, fix: string): CheckResult => ({
    name: NAME,
    status: 'fail',
    detail,
    fix,
  })
  try {
    await openIdentityKey(path)
    return { name: NAME, status: 'ok', detail: `${path}, its owner's alone` }
  } catch (error) {
    if (error instanceof KeyPermissionsError) {
      return fail(`${path} is open to other users`, `chmod 600 ${path}`)
    }
    return fail((error as Error).message, 'Restore the file, or correct its owner.')
  }
}
