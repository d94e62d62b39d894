/** What the system says, without the code before it and the call behind it. */
export function systemWords(error: unknown): string {
  const { message } = error instanceof Error ? error : { message: String(error) }
  return message.replace(/^[A-Z0-9]+: /u, '').replace(/, [a-z]+(?: '.*')?$/su, '')
}
