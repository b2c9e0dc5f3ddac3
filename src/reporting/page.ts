import { Markup, markup } from './markup.ts'
import { style } from './style.ts'

/** The frame of every report: one page without scripts, fonts or pictures from elsewhere. */
export function page(content: {
  readonly title: string
  readonly lead: string
  readonly main: Markup
}): string {
  const { title, lead, main } = content
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – Starling</title>
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="lead">${lead}</p>
</header>
<main>
${main}
</main>
<footer>Written by Starling.</footer>
</body>
</html>
`.text
}

/** Whose line is whose. */
export function legend(
  entries: readonly {
    readonly label: string
    readonly colour: number
    readonly dashed?: boolean
  }[],
): Markup {
  return markup`<ul class="legend">${entries.map(
    ({ label, colour, dashed }) =>
      markup`<li><svg class="c${colour}${dashed === true ? ' dashed' : ''}" viewBox="0 0 24 11" aria-hidden="true"><path class="line" d="M2 6H22"/></svg>${label}</li>`,
  )}</ul>`
}
