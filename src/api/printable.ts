/**
 * A text from elsewhere that is safe to show on a terminal: what would move the cursor or change
 * colours is replaced.
 */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- because control characters are what it is about
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/gu, '\uFFFD')
}
