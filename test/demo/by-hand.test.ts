import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { meanwhile } from '../../demo/by-hand.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

test.skipIf(process.platform === 'win32')(
  'settings for a shell survive a path with spaces and quotes',
  () => {
    const kubeconfig = "/tmp/the demo's/config"
    const program = join(temporaryFolder(), 'settings.sh')
    const settings = meanwhile(kubeconfig, 'linux').filter((line) => /export|\{/u.test(line))
    writeFileSync(program, [...settings, 'printf %s "$KUBECONFIG"', ''].join('\n'))
    expect(settings).toHaveLength(2)
    expect(execFileSync('sh', [program], { encoding: 'utf8' })).toBe(kubeconfig)
  },
)

test('settings for Windows are for PowerShell', () => {
  const lines = meanwhile(String.raw`C:\Temp\the demo's\config`, 'win32')
  expect(lines).toContain(String.raw`  $env:KUBECONFIG = 'C:\Temp\the demo''s\config'`)
  expect(lines.find((line) => line.includes('function kubecred'))).toMatch(
    /\{ & '.*' '.*main\.ts' @args \}/u,
  )
})
