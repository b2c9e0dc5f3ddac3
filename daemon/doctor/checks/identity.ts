import { join } from 'node:path'
import { KeyPermissionsError, readIdentityKey } from '../../store/index.ts'
import type { Check, CheckResult } from '../check.ts'

const NAME = 'identity'

/** Whether the daemon could take its identity from the data directory. Makes none where there is none yet. */
export const identity: Check = async ({ directory }) => {
  const path = join(directory, 'identity.key')
  const fail = (detail: string, fix: string): CheckResult => ({
    name: NAME,
    status: 'fail',
    detail,
    fix,
  })
  try {
    const seed = await readIdentityKey(path)
    const detail = seed === undefined ? 'drawn at the first start' : `${path}, its owner's alone`
    return { name: NAME, status: 'ok', detail }
  } catch (error) {
    if (error instanceof KeyPermissionsError) {
      return fail(`${path} is open to other users`, `chmod 600 ${path}`)
    }
    return fail((error as Error).message, 'Restore the file, or correct its owner.')
  }
}
