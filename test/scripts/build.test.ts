import { expect, test } from 'vitest'
import { eagerModules } from '../../scripts/build/eager-modules.ts'
import { licensesOf, packageFolders } from '../../scripts/build/licenses.ts'
import { packageFaults } from '../../scripts/package/packed-files.ts'

test('eager modules are those of the entry and of all that it imports statically', () => {
  const chunk = (fileName: string, imports: string[], isEntry = false) => {
    return { fileName, imports, isEntry, moduleIds: [`C:\\src\\${fileName}`] }
  }
  const chunks = [
    chunk('main.js', ['a.js', 'node:fs'], true),
    chunk('a.js', ['b.js']),
    chunk('b.js', ['a.js']),
    chunk('lazy.js', ['b.js']),
  ]
  expect(eagerModules(chunks)).toEqual(['main.js', 'a.js', 'b.js'].map((name) => `C:/src/${name}`))
})

test('the packages of a bundle are found by its modules, and their licenses copied', () => {
  const ids = ['/a/src/main.ts', '/a/node_modules/@b/c/d.js', 'C:\\a\\node_modules\\e\\f\\g.js']
  expect(packageFolders([...ids, ...ids])).toEqual(['/a/node_modules/@b/c', 'C:/a/node_modules/e'])
  expect(licensesOf(['node_modules/yaml'])).toContain('Copyright')
  expect(() => licensesOf(['src/errors'])).toThrow('src/errors has no license file')
})

test('a package is whole, holds nothing else and is not too big', () => {
  const pages = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md']
  const paths = [...pages, 'dist/bin/LICENSES.txt', 'dist/doors/index.js', 'dist/doors/index.d.ts']
  const files = paths.map((path) => ({ path, size: 1000 }))
  expect(packageFaults(files, ['./dist/doors/index.js'])).toEqual([])
  expect(packageFaults(files.slice(1), [])).toEqual(['package.json is missing'])
  expect(packageFaults(files, ['dist/doors/https.js'])).toEqual(['dist/doors/https.js is missing'])
  const page = { path: 'docs/PROXY.md', size: 1 }
  expect(packageFaults([...files, page], ['docs/PROXY.md'])).toEqual([])
  expect(packageFaults(files, ['docs/PROXY.md'])).toEqual(['docs/PROXY.md is missing'])
  const strange = ['docs/NOTES.md', 'test/a.test.ts', 'dist/a.js.map', 'dist/bin/main.ts']
  const faults = packageFaults([...files, ...strange.map((path) => ({ path, size: 1 }))], [])
  expect(faults).toEqual(strange.map((path) => `${path} does not belong into the package`))
  const big = { path: 'dist/big.js', size: 5_000_000 }
  expect(packageFaults([...files, big], [])).toEqual(['5008000 bytes are more than 4194304'])
})
