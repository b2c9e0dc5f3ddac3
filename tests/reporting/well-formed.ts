const VOID = new Set(['meta'])

/**
 * Checks that markup is balanced, its attributes quoted and its text escaped; throws otherwise.
 * @returns names of the elements with how often each stands
 */
export function checkMarkup(html: string): Map<string, number> {
  const counts = new Map<string, number>()
  const open: string[] = []
  const rest = html
    .replace(/^<!DOCTYPE html>/, '')
    .replace(/<style>[\s\S]*?<\/style>/, '<style></style>')
    .replace(/<(\/?)([a-zA-Z0-9]+)((?:\s+[a-zA-Z-]+(?:="[^"<>]*")?)*)\s*(\/?)>/g, (...match) => {
      const [, closing, name, , selfClosing] = match as string[]
      if (closing === '/') {
        const expected = open.pop()
        if (expected !== name) throw new Error(`</${name}> closes <${expected}>`)
      } else {
        counts.set(name!, (counts.get(name!) ?? 0) + 1)
        if (selfClosing !== '/' && !VOID.has(name!)) open.push(name!)
      }
      return ''
    })
  if (open.length > 0) throw new Error(`not closed: ${open.join(', ')}`)
  const stray = /[<>]|&(?!#\d+;)/.exec(rest)
  if (stray !== null)
    throw new Error(`stray "${stray[0]}" near ${rest.slice(stray.index, stray.index + 40)}`)
  return counts
}
