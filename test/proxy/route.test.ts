import { expect, test } from 'vitest'

import { routeOf } from '../../src/proxy/route.ts'

const whole = { api: '/', files: undefined }
const both = { api: '/', files: '/static/' }
const custom = { api: '/custom/', files: '/custom/www/' }
const inFiles = { api: '/www/api/', files: '/www/' }

test.each([
  ['/', whole, { kind: 'api', path: '/' }],
  ['/api/v1', whole, { kind: 'api', path: '/api/v1' }],
  ['/static/x', whole, { kind: 'api', path: '/static/x' }],
  ['/static/x', both, { kind: 'files' }],
  ['/static/', both, { kind: 'files' }],
  ['/static', both, { kind: 'redirect', location: '/static/' }],
  ['/statics', both, { kind: 'api', path: '/statics' }],
  ['/custom/api/v1', custom, { kind: 'api', path: '/api/v1' }],
  ['/custom/', custom, { kind: 'api', path: '/' }],
  ['/custom', custom, { kind: 'redirect', location: '/custom/' }],
  ['/custom/a%2Fb', custom, { kind: 'api', path: '/a%2Fb' }],
  ['/custom/www/x', custom, { kind: 'files' }],
  ['/other', custom, { kind: 'nothing' }],
  ['/www/api/x', inFiles, { kind: 'api', path: '/x' }],
  ['/www/x', inFiles, { kind: 'files' }],
  ['/api/v1', { api: '/api/', files: undefined }, { kind: 'api', path: '/api/v1' }],
  ['/apis/x', { api: '/api/', files: undefined }, { kind: 'nothing' }],
] as const)('%s below %j leads to %j', (path, routes, route) => {
  expect(routeOf(path, routes)).toEqual(route)
})
