import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  CorruptFileError,
  DirectoryLockedError,
  InvalidKeyFileError,
  initialiseDataDirectory,
  isRunning,
  KeyPermissionsError,
  openDataDirectory,
  UnknownVersionError,
} from '../../daemon/store/index.ts'
import { newFolder } from './folder.ts'

const modeOf = async (path: string) => (await stat(path)).mode & 0o777

describe('identity', () => {
  test('is drawn once, kept, and readable by its owner only', async () => {
    const path = join(await newFolder(), 'new')
    const first = await openDataDirectory(path)
    await first.close()
    const second = await openDataDirectory(path)
    await second.close()
    expect(second.seed).toEqual(first.seed)
    expect(await modeOf(join(path, 'identity.key'))).toBe(0o600)
    expect(await modeOf(path)).toBe(0o700)
    expect(await initialiseDataDirectory(path)).toEqual(first.seed)
  })

  test('differs from directory to directory', async () => {
    const seeds = await Promise.all(
      [newFolder(), newFolder()].map(async (path) => {
        return initialiseDataDirectory(await path)
      }),
    )
    expect(seeds[0]).not.toEqual(seeds[1])
  })

  test.each([0o644, 0o640, 0o604, 0o660])('a key file of mode %o is refused', async (mode) => {
    const path = await newFolder()
    await initialiseDataDirectory(path)
    await chmod(join(path, 'identity.key'), mode)
    const opening = openDataDirectory(path)
    await expect(opening).rejects.toThrow(KeyPermissionsError)
    await expect(opening).rejects.toThrow(/chmod 600/)
    // The refusal has given the lock back.
    await chmod(join(path, 'identity.key'), 0o600)
    await (await openDataDirectory(path)).close()
  })

  test('a key file that holds something else is refused without being shown', async () => {
    const path = await newFolder()
    await initialiseDataDirectory(path)
    await writeFile(join(path, 'identity.key'), 'not-a-key')
    const opening = openDataDirectory(path)
    await expect(opening).rejects.toThrow(InvalidKeyFileError)
    await expect(opening).rejects.not.toThrow(/not-a-key/)
  })
})

describe('lock', () => {
  test('a second daemon is refused with the first one’s process id', async () => {
    const path = await newFolder()
    const first = await openDataDirectory(path)
    const second = openDataDirectory(path)
    await expect(second).rejects.toThrow(DirectoryLockedError)
    await expect(second).rejects.toThrow(new RegExp(`process id ${process.pid}\\b`))
    await first.close()
    await (await openDataDirectory(path)).close()
    expect(await readdir(path)).not.toContain('lock')
  })

  test('the lock of a process that is gone is taken over', async () => {
    const path = await newFolder()
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    await writeFile(join(path, 'lock'), `${child.pid}\n`)
    const directory = await openDataDirectory(path)
    expect(await readFile(join(path, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid}\n`))
    await directory.close()
  })

  test.runIf(process.platform === 'linux')(
    'so is that of one that has ended and whose parent has not taken note',
    async () => {
      const path = await newFolder()
      // A parent that waits for no child: `sleep` in the shell's place.
      const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'])
      try {
        const [output] = await once(parent.stdout, 'data')
        const pid = Number(output)
        expect(await isRunning(pid)).toBe(true)
        await expect.poll(() => isRunning(pid)).toBe(false)
        expect(() => process.kill(pid, 0)).not.toThrow()
        await writeFile(join(path, 'lock'), `${pid}\n`)
        await (await openDataDirectory(path)).close()
      } finally {
        parent.kill('SIGKILL')
      }
    },
  )

  test.runIf(process.platform === 'linux')(
    'so is the lock of an earlier process of the same number, as in a container or after a reboot',
    async () => {
      const path = await newFolder()
      await writeFile(join(path, 'lock'), `${process.pid}\nan-earlier-boot 4711\n`)
      await (await openDataDirectory(path)).close()
    },
  )

  test('where nothing tells when its process began, a lock holds as long as the process is there', async () => {
    const path = await newFolder()
    await writeFile(join(path, 'lock'), `${process.pid}\n`)
    const opening = openDataDirectory(path)
    await expect(opening).rejects.toThrow(DirectoryLockedError)
    await expect(opening).rejects.toThrow(`remove ${join(path, 'lock')}`)
  })

  test('a damaged byte ledger is set aside, and the next one counts', async () => {
    const path = await newFolder()
    const directory = await openDataDirectory(path)
    const parse = (json: unknown) => json
    expect(await directory.readLedger(parse)).toBeNull()
    await directory.writeLedger({ sent: 1 })
    expect(await directory.readLedger(parse)).toEqual({ sent: 1 })
    await writeFile(join(path, 'bytes.json'), '{ torn')
    await expect(directory.readLedger(parse)).rejects.toThrow(CorruptFileError)
    expect(await readFile(join(path, 'bytes.json.damaged'), 'utf8')).toBe('{ torn')
    expect(await directory.readLedger(parse)).toBeNull()
    await directory.close()
  })

  test('a torn lock file is taken over', async () => {
    const path = await newFolder()
    await writeFile(join(path, 'lock'), '')
    await (await openDataDirectory(path)).close()
  })
})

describe('version', () => {
  test('a new directory has the newest', async () => {
    const path = await newFolder()
    await (await openDataDirectory(path)).close()
    expect(await readFile(join(path, 'version'), 'utf8')).toBe('1\n')
  })

  test.each(['2', '0', '1.5', 'one', ''])('version "%s" is refused', async (version) => {
    const path = await newFolder()
    await writeFile(join(path, 'version'), version)
    await expect(openDataDirectory(path)).rejects.toThrow(UnknownVersionError)
  })
})
