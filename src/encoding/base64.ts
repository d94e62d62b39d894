/** Whether Go's decoder takes a text: line ends are passed over, and nothing else is. */
export function isBase64(text: string): boolean {
  const digits = text.replaceAll(/[\r\n]/gu, '')
  return digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/u.test(digits)
}
