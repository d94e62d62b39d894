/** A drawing, and how what is peculiar to it looks. */
export interface Drawing {
  readonly width: number
  readonly height: number
  /** What it shows, for who cannot see it. */
  readonly label: string
  /** Rules of CSS: those that hold always, and the colours on a light and on a dark page. */
  readonly style: { readonly shapes: string; readonly light: string; readonly dark: string }
  /** Its elements, the first of them at the back. */
  readonly drawn: readonly string[]
}

/** The file of a drawing: on paper of its own, in the colours of the page that it stands on. */
export function paper({ width, height, label, style, drawn }: Drawing): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${label}">
<style>
  .paper { fill: #ffffff } text { fill: #1f2328; font: 12px system-ui, sans-serif }
  .title { font-weight: 600 } .scale { fill: #59636e } .grid { stroke: #d1d9e0 }
  ${style.shapes}
  ${style.light}
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } text { fill: #f0f6fc } .scale { fill: #9198a1 } .grid { stroke: #3d444d }
    ${style.dark}
  }
</style>
<rect class="paper" width="${width}" height="${height}"/>
${drawn.join('\n')}
</svg>
`
}

/** A line of text, without what has a meaning in Markdown or in XML. */
export function text(name: string, x: number, y: number, content: string): string {
  const escaped = content.replaceAll('`', '').replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text class="${name}" x="${x}" y="${y}">${escaped}</text>`
}
