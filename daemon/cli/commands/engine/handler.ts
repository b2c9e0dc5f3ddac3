import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { StarlingError } from '../../../../src/runtime/errors.ts'
import {
  BACKEND_PACKAGES,
  type BackendRow,
  isInstallable,
  listBackends,
} from '../../../doctor/index.ts'
import { PACKAGE_ROOT } from '../../../version.ts'
import type { GlobalOptions } from '../../command.ts'
import { UsageError } from '../../errors.ts'
import { note, paint, print, printJson, table } from '../../terminal.ts'

/** npm did not install the packages of a backend. */
class InstallFailedError extends StarlingError {
  override name = 'InstallFailedError'
  constructor(packages: readonly string[], reason: string) {
    super(
      `npm could not install ${packages.join(' ')}: ${reason}. The network is needed for it: try again where there ` +
        'is one. Starling goes on with the backend it has.',
    )
  }
}

export async function list(options: GlobalOptions): Promise<void> {
  const rows = await listBackends()
  if (options.json) return printJson(rows)
  print(table(['BACKEND', 'GFLOP/S', 'DEVICE'], rows.map(formatRow), [1]))
}

function formatRow(row: BackendRow): string[] {
  if (row.available) return [row.name, row.gflops?.toFixed(1) ?? '', row.device ?? '']
  return [row.name, '-', paint('dim', row.reason ?? '')]
}

export async function install(options: GlobalOptions, name: string): Promise<void> {
  if (!isInstallable(name)) {
    const names = Object.keys(BACKEND_PACKAGES).join(', ')
    throw new UsageError(`"${name}" cannot be installed; give one of: ${names}.`)
  }
  const { packages, note: explanation } = BACKEND_PACKAGES[name]
  note(`Installing ${packages.join(' ')}. ${explanation}`)
  await npmInstall(packages)
  const row = (await listBackends()).find((candidate) => candidate.name === name)
  if (options.json) printJson(row)
  else if (row?.available) print(`Installed: ${row.device}, ${row.gflops?.toFixed(1)} GFLOP/s.`)
  else print(`Installed, but it cannot be used on this machine: ${row?.reason}`)
}

/** Next to Starling's own packages, and not written into package.json: the checkout stays as it is. */
async function npmInstall(packages: readonly string[]): Promise<void> {
  const words = ['install', '--no-save', '--no-fund', '--no-audit', ...packages]
  const cwd = fileURLToPath(PACKAGE_ROOT)
  const child = spawn('npm', words, {
    cwd,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  await new Promise<void>((resolve, reject) => {
    child.on('error', (error) => reject(new InstallFailedError(packages, error.message)))
    child.on('exit', (code, signal) =>
      code === 0
        ? resolve()
        : reject(new InstallFailedError(packages, signal ?? `it ended with status ${code}`)),
    )
  })
}
