/**
 * A text from elsewhere that is safe to show on a terminal.
 *
 * What would move the cursor, change colours or turn the direction of what follows is replaced.
 */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- because control characters are what it is about
  const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/gu
  const directions = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
  return text.replaceAll(controls, '\uFFFD').replaceAll(directions, '\uFFFD')
}
