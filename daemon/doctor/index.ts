/** Checks of this machine, as `starling doctor` shows them. A new check is one file and one line here. */
import type { EngineInfo } from '../../src/engine/interface.ts'
import type { Check, CheckContext, CheckResult } from './check.ts'
import { clock } from './checks/clock.ts'
import { dataDirectory } from './checks/data-directory.ts'
import { disk } from './checks/disk.ts'
import { identity } from './checks/identity.ts'
import { memory } from './checks/memory.ts'
import { nodeVersion } from './checks/node-version.ts'
import { ports } from './checks/ports.ts'
import { checkOpenBlas, describeEngine, probeEngine } from './engine.ts'

export type { CheckContext, CheckResult } from './check.ts'
export {
  BACKEND_PACKAGES,
  type BackendRow,
  isInstallable,
  listBackends,
} from './engine.ts'

const CHECKS: readonly Check[] = [nodeVersion, dataDirectory, identity, ports, disk, memory, clock]

/** The document of `starling doctor --json`. `engine` is null where nothing computes. */
export interface Diagnosis {
  readonly checks: readonly CheckResult[]
  readonly engine: Pick<EngineInfo, 'backend' | 'device' | 'gflops'> | null
}

export async function diagnose(context: CheckContext): Promise<Diagnosis> {
  const checks: CheckResult[] = []
  for (const check of CHECKS) checks.push(await check(context))
  try {
    const info = await probeEngine({ backend: 'auto' })
    const { backend, device, gflops } = info
    checks.push(...describeEngine(info), await checkOpenBlas())
    return { checks, engine: { backend, device, gflops } }
  } catch (error) {
    const detail = (error as Error).message
    const fix = 'Reinstall the packages: npm install'
    return { checks: [...checks, { name: 'engine', status: 'fail', detail, fix }], engine: null }
  }
}
