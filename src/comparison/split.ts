/** The pieces between commas, without those inside brackets, braces or quotes, as TOML values have them. */
export function splitList(text: string): string[] {
  const pieces: string[] = ['']
  let depth = 0
  let quote: string | null = null
  for (const character of text) {
    if (quote !== null) quote = character === quote ? null : quote
    else if (character === '"' || character === "'") quote = character
    else if ('[{'.includes(character)) depth++
    else if (']}'.includes(character)) depth--
    if (character === ',' && depth === 0 && quote === null) pieces.push('')
    else pieces[pieces.length - 1] += character
  }
  return pieces.map((piece) => piece.trim())
}
