import { stringify } from 'smol-toml'
import { jobJsonSchema } from '../../../../src/learning/index.ts'
import type { GlobalOptions } from '../../command.ts'
import { readJobFile } from '../../job-file.ts'
import { note, print, printJson } from '../../terminal.ts'

export async function schema(): Promise<void> {
  print(JSON.stringify(jobJsonSchema(), null, 2))
}

export async function check(
  options: GlobalOptions & { readonly set?: readonly string[] },
  path: string,
): Promise<void> {
  const { job } = await readJobFile(path, options.set)
  if (options.json) return printJson(job)
  note(`${path} is a valid job. With all defaults:`)
  print(stringify(job))
}
