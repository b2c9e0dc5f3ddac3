/**
 * Next-character prediction on a play: given `window` characters, the one that follows. A client is a speaking
 * role: all of its speeches, in order. In the text, a line ending in `:` after an empty line names who speaks.
 */
import { z } from 'zod'
import { DataFileError } from '../errors.ts'
import type { Examples } from '../interface.ts'
import { firstExamples } from '../split.ts'
import { ALPHABET_SIZE, encodeText } from './alphabet.ts'
import { defineDataset } from './definition.ts'
import { limitOptions } from './options.ts'

const count = z.number().int().positive()
/** Most bytes of windows: they overlap, so a small stride multiplies the text. */
const MAXIMUM_INPUT_BYTES = 1024 * 1024 * 1024

export const shakespeare = defineDataset({
  schema: z.strictObject({
    name: z.literal('shakespeare').describe('Plays by speaking role: the next character.'),
    window: count.max(4096).default(80).describe('Characters the model sees.'),
    stride: count.max(4096).default(10).describe('Characters from one window to the next.'),
    testShare: z
      .number()
      .min(0.01)
      .max(0.9)
      .default(0.2)
      .describe("Share of each role's text, its end, that is held out for testing."),
    ...limitOptions,
  }),
  folder: 'tinyshakespeare',
  needs: () => ({
    kind: 'files',
    files: [{ key: 'text', names: ['input.txt'], limit: 256 * 1024 * 1024, holds: 'train' }],
  }),
  ownPartProblem: () => null,
  build(options, files) {
    const { path, bytes } = files.get('text')!
    const roles = [...speeches(new TextDecoder().decode(bytes)).values()].map((parts) =>
      encodeText(parts.join('\n')),
    )
    const cut = (text: Uint8Array) => Math.floor(text.length * (1 - options.testShare))
    const train = windows(
      roles.map((text) => text.subarray(0, cut(text))),
      options,
      path,
    )
    const test = windows(
      roles.map((text) => text.subarray(cut(text))),
      options,
      path,
    )
    return {
      name: 'shakespeare',
      input: { kind: 'tokens', shape: [options.window] },
      output: { kind: 'classes', count: ALPHABET_SIZE },
      vocabulary: [ALPHABET_SIZE],
      train: firstExamples(train, options.train),
      test: firstExamples(test, options.test),
    }
  },
})

/** Speeches by role, roles in order of appearance. Text before the first name belongs to nobody and is left out. */
function speeches(text: string): Map<string, string[]> {
  const byRole = new Map<string, string[]>()
  for (const block of text.replaceAll('\r\n', '\n').split(/\n{2,}/)) {
    const [name, ...lines] = block.replace(/^\n+/, '').split('\n')
    if (!name?.endsWith(':') || lines.length === 0) continue
    const role = name.slice(0, -1)
    const parts = byRole.get(role)
    if (parts === undefined) byRole.set(role, [lines.join('\n')])
    else parts.push(lines.join('\n'))
  }
  return byRole
}

/** Every window that has a next character, `stride` apart within each role's text. */
function windows(
  roles: readonly Uint8Array[],
  { window, stride }: { readonly window: number; readonly stride: number },
  path: string,
): Examples {
  const countOf = (text: Uint8Array) => Math.max(0, Math.ceil((text.length - window) / stride))
  const total = roles.reduce((sum, text) => sum + countOf(text), 0)
  if (total === 0) {
    throw new DataFileError(
      path,
      `no speaking role has more than ${window} characters`,
      'Put speeches there, each after a line with the name of its role and a colon and before an empty ' +
        'line, or use a smaller "window" or another "testShare".',
    )
  }
  if (total * window > MAXIMUM_INPUT_BYTES) {
    throw new DataFileError(
      path,
      `its ${total} windows of ${window} characters are more than ${MAXIMUM_INPUT_BYTES} bytes`,
      'Use a larger "stride".',
    )
  }
  const inputs = new Uint8Array(total * window)
  const labels = new Int32Array(total)
  const clients = new Int32Array(total)
  let example = 0
  roles.forEach((text, role) => {
    for (let start = 0; start + window < text.length; start += stride, example++) {
      inputs.set(text.subarray(start, start + window), example * window)
      labels[example] = text[start + window]!
      clients[example] = role
    }
  })
  return { count: total, inputs, inputShape: [window], labels, clients }
}
