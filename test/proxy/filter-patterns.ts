/** A pattern of Go's, and the paths that tell how it is read. */
export interface PatternCase {
  readonly pattern: string
  readonly paths: readonly string[]
}

/** What Go reads, and JavaScript reads otherwise or not at all; beside what both read alike. */
export const goPatterns: readonly PatternCase[] = apart([
  { pattern: '(?i)^/@/EXEC$', paths: ['/@/exec', '/@/EXEC', '/@/Exec/b'] },
  { pattern: '^/@/(?i)exec$', paths: ['/@/exec', '/@/EXEC', '/@/a'] },
  { pattern: '^/@/(?i:a)/exec$', paths: ['/@/a/exec', '/@/A/exec', '/@/A/EXEC'] },
  { pattern: '(?i)^/@/a(?-i)/exec$', paths: ['/@/A/exec', '/@/A/EXEC'] },
  { pattern: '(?i)@a|^/@/b$', paths: ['/x@A', '/@/B', '/@/c'] },
  { pattern: '(?i)^/@/É$', paths: ['/@/%C3%A9', '/@/%C3%89', '/@/e'] },
  { pattern: '(?i)^/@/sk$', paths: ['/@/SK', '/@/%C5%BFk', '/@/s%E2%84%AA'] },
  { pattern: '(?s)^/@/a.b$', paths: ['/@/axb', '/@/a%0Ab', '/@/a%0Db', '/@/ab'] },
  { pattern: '(?m)^@$', paths: ['/a%0A@', '/a%0A@%0Ac', '/a%0D@', '/@'] },
  { pattern: '(?im)^@B$', paths: ['/a%0A@b', '/@b'] },
  { pattern: '(?U)^/@/a+$', paths: ['/@/aa', '/@/b'] },
  { pattern: String.raw`\A/@/a\z`, paths: ['/@/a', '/@/az', '/A/@/az', '/x/@/a'] },
  { pattern: String.raw`^/@/\Qa.b+\E$`, paths: ['/@/a.b+', '/@/axbb', '/@/Qa.bbE'] },
  { pattern: String.raw`^/@/\Qa(b`, paths: ['/@/a(b', '/@/ab', '/@/Qab'] },
  { pattern: '^/@/[[:alpha:]]+$', paths: ['/@/abc', '/@/1', '/@/a]', '/@/:]'] },
  { pattern: '^/@/[[:digit:]x]+$', paths: ['/@/12x', '/@/d', '/@/x]'] },
  { pattern: '^/@/[[:^alpha:]]$', paths: ['/@/1', '/@/a', '/@/^]'] },
  { pattern: '^/@/[^[:space:]]$', paths: ['/@/a', '/@/%20', '/@/%20]'] },
  { pattern: String.raw`^/@/\pL+$`, paths: ['/@/abc', '/@/%C3%A9', '/@/1', '/@/pL'] },
  { pattern: String.raw`^/@/\PL+$`, paths: ['/@/12', '/@/abc', '/@/PL'] },
  { pattern: String.raw`^/@/\p{Greek}$`, paths: ['/@/%CE%B1', '/@/a', '/@/p{Greek}'] },
  { pattern: String.raw`^/@/[\p{Lu}\d]$`, paths: ['/@/A', '/@/a', '/@/1', '/@/%C3%89', '/@/p'] },
  { pattern: '^/@/(?P<x>a)/b$', paths: ['/@/a/b', '/@/a/c'] },
  { pattern: '^/@/(?<x>a)/b$', paths: ['/@/a/b', '/@/a/c'] },
  { pattern: '^/@/(?:a|b)/c$', paths: ['/@/a/c', '/@/b/c', '/@/c/c'] },
  { pattern: String.raw`^/@/\x{61}$`, paths: ['/@/a', `/@/${'x'.repeat(61)}`, '/@/x{61}'] },
  { pattern: String.raw`^/@/\x61\-\_\/$`, paths: ['/@/a-_/', '/@/x61'] },
  { pattern: String.raw`^/@/\a$`, paths: ['/@/%07', '/@/a'] },
  { pattern: String.raw`^/@/\101$`, paths: ['/@/A', '/@/101'] },
  { pattern: String.raw`^/@/a\sb$`, paths: ['/@/a%20b', '/@/a%0Bb', '/@/a%C2%A0b', '/@/a%0Ab'] },
  { pattern: String.raw`^/@/\Sb$`, paths: ['/@/ab', '/@/%0Bb', '/@/%C2%A0b', '/@/%20b'] },
  { pattern: String.raw`^/@/\w\b.$`, paths: ['/@/a-', '/@/ab', '/@/%C3%A9-', '/@/_%C3%A9'] },
  { pattern: '^/@/a.b$', paths: ['/@/axb', '/@/a%0Ab', '/@/a%0Db', '/@/a%E2%80%A8b'] },
  { pattern: '^/@/.$', paths: ['/@/a', '/@/%C3%A9', '/@/%F0%9F%98%80', '/@/%FF', '/@/%E2%82'] },
  { pattern: '^/@/[^a]$', paths: ['/@/b', '/@/a', '/@/%C3%A9', '/@/%F0%9F%98%80', '/@/%0A'] },
  { pattern: '^/@/caf\u00E9$', paths: ['/@/caf%C3%A9', '/@/caf%E9', '/@/cafe'] },
  { pattern: '^/@/[\u00E9\u{1F600}]$', paths: ['/@/%C3%A9', '/@/%F0%9F%98%80', '/@/%E9'] },
  { pattern: '^/@/a$', paths: ['/@/a', '/@/a%0A', '/@/a%0D'] },
  { pattern: '^/@/[]a]$', paths: ['/@/]', '/@/a', '/@/a]', '/@/b'] },
  { pattern: '^/@/[^]a]$', paths: ['/@/b', '/@/a', '/@/]', '/@/xa]'] },
  { pattern: '(^)*/@/a', paths: ['/@/a', '/@/b'] },
  { pattern: '^+/@/a', paths: ['/@/a', '/@/b'] },
  { pattern: String.raw`\b+@`, paths: ['/@', '/x@'] },
  { pattern: '^/@/a{2}$', paths: ['/@/aa', '/@/a'] },
  { pattern: '^/@/a{$', paths: ['/@/a%7B', '/@/a'] },
  { pattern: '^/@/a{b}$', paths: ['/@/a%7Bb%7D', '/@/ab'] },
  { pattern: '^/@/a{1000}$', paths: [`/@/${'a'.repeat(1000)}`, '/@/a'] },
  { pattern: '^/@/a]}$', paths: ['/@/a]%7D', '/@/a'] },
  { pattern: '^/@/(a|)$', paths: ['/@/', '/@/a', '/@/b'] },
  { pattern: '^/@/a+?b??$', paths: ['/@/aab', '/@/c'] },
  { pattern: String.raw`^/@/[\w-]+$`, paths: ['/@/a-b', '/@/a.b'] },
])

/** What Go does not take for a pattern; JavaScript takes some of it. */
export const noPatterns: readonly string[] = [
  ...['(', '^/(a,b)', '[]', '[^]', '[[:nope:]]', '*', 'a++', 'a{1001}', '(?z)a'],
  ...['(?=a)', '(?!a)', '(?<=a)', '(?<!a)', String.raw`(a)\1`, String.raw`(?<x>a)\k<x>`],
  ...['\\', String.raw`\8`, String.raw`\u0041`, String.raw`\x{110000}`, String.raw`\cA`],
  ...[String.raw`\y`, String.raw`\Z`, String.raw`\p{Nope}`],
  ...[String.raw`[\b]`, String.raw`[a-\d]`, String.raw`[\Q.\E]`],
]

/** Gives each a name of its own in place of the `@`, so that none matches the paths of another. */
function apart(cases: readonly PatternCase[]): readonly PatternCase[] {
  return cases.map(({ pattern, paths }, index) => {
    const name = `t${String(index).padStart(2, '0')}`
    return {
      pattern: pattern.replaceAll('@', name),
      paths: paths.map((path) => path.replaceAll('@', name)),
    }
  })
}
