import type { RawRequest } from './raw-request.ts'

/** A pod, as the API has it. */
export const pod: string = '/api/v1/namespaces/x/pods/y'

/** Methods that are known, that are known to some, and that are none. */
export const methods: readonly string[] = [
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'],
  ...['PURGE', 'PROPFIND', 'QUERY', 'BREW', 'PRI', 'get', 'Post'],
]

/** Hosts that are this machine, that pretend to be, and that are nowhere. */
export const hosts: readonly string[] = [
  ...['localhost', '127.0.0.1', '[::1]', 'localhost:8001', '127.0.0.1:1', '[::1]:8001'],
  ...['LOCALHOST', 'Localhost:8001', 'localhost.', 'localhost.:1', 'localhost:', '[::1]:', ''],
  ...['localhost:x', '127.0.0.1:localhost', 'localhost:80:80', ':80', '127.0.0.1:-1'],
  ...['::1', '::1:80', '[::1', '[::1]x', '[localhost]', '[localhost]:1', '[::ffff:127.0.0.1]'],
  ...['127.1', '2130706433', '0x7f.1', '127.0.0.1.', '0.0.0.0', '127.0.0.2', '[::]', '[::1%25lo]'],
  ...['evil.example', 'evil.example:8001', 'localhost.evil.example', 'evil.example:localhost'],
  ...[
    '127.0.0.1.nip.io',
    '7f000001.c0a80001.rbndr.us',
    'a.localhost',
    'localhost%00',
    'local%68ost',
  ],
  ...['localhost@evil.example', 'evil.example@localhost', 'localhost, evil.example'],
  ...['local host', 'localhost/x', 'localhost#', 'localhost?', String.raw`localhost\x`],
  ...['localhost\u00E9', ' localhost ', 'localhost\t'],
]

/** Paths that everybody reads alike. */
export const plainPaths: readonly string[] = [
  ...[
    '/',
    '/?a=b',
    '/version',
    '/version?a=b',
    '/version/',
    '/api',
    '/api/',
    '/apis',
    '/openapi/v2',
  ],
  ...['/api/v1/namespaces?watch=true', '/api/v1/watch/namespaces', `${pod}/log?follow=true`],
  ...[`${pod}/exec`, `${pod}/exec?command=ls`, `${pod}/exec/`, `${pod}/exec/x`, `${pod}/execute`],
  ...[`${pod}/attach`, `${pod}/attach?stdin=true`, `${pod}/EXEC`, `${pod}/Attach`],
  ...[
    `${pod}/portforward`,
    `${pod}/proxy`,
    `${pod}/proxy/exec`,
    '/api/v1/pods/exec',
    '/api/pods/exec',
  ],
  ...['/API/v1/namespaces/x/pods/y/exec', '/apis/x/v1/pods/y/exec', '/api/v1/x/PODS/y/exec'],
  ...[
    '/version?/../',
    '/version?a=//b',
    '/version?',
    '/version??',
    '/version?%zz',
    '/version?a=%zz',
  ],
]

/** Paths that say in codes what they mean. */
export const encodedPaths: readonly string[] = [
  ...[`${pod}/%65xec`, `${pod}/%65%78%65%63`, `${pod}/ex%65c`, `${pod}/%45xec`, `${pod}/%61ttach`],
  ...[`${pod}/%2565xec`, `${pod}/%252565xec`, `${pod}%2Fexec`, `${pod}%2fexec`, `${pod}%252Fexec`],
  ...['/%61pi/v1/namespaces/x/pods/y/exec', '/api/v1/namespaces/x/%70ods/y/exec'],
  ...['/api%2Fv1/namespaces/x/pods/y/exec', '/api/v1/namespaces/x%2Fpods%2Fy/exec'],
  ...['/%2Fapi/v1/namespaces/x/pods/y/exec', '/%2F', '/%2F%2Fevil.example', '/a%2F', '/a%2F%2Fb'],
  ...['%2Fapi/v1/namespaces/x/pods/y/exec', `${pod}/exec%3F`, `${pod}/exec%23x`, `${pod}/exec%3Bx`],
  ...[`${pod}/exec%00`, `${pod}/%00exec`, '/version%00', '/version%0A', '/version%0D%0AX:y'],
  ...['/api/v1/x%0A/pods/y/exec', '/api/v1/x%0D/pods/y/exec', '/api/v1/x%E2%80%A8/pods/y/exec'],
  ...['/caf%C3%A9', '/caf%E9', '/%FF', '/%C0%AF', '/%C0%AE%C0%AE/version', '/%EF%BC%8Fversion'],
  ...['/a%41b', '/a%20b', '/a%7Cb', '/a%5Bb%5D', '/a%25b', '/a%252Fb', '/a%3Fb=c', '/a%5C..%5Cb'],
  ...['/v%', '/v%2', '/v%zz', '/v%2g', '/%', '/v%u0041', `${pod}/exec%`, '/%%32%46'],
]

/** Paths that go there and back. */
export const crookedPaths: readonly string[] = [
  ...['//version', '/version//', '/./version', '/version/.', '/version/./', '/version/..', '/..'],
  ...['/api/../version', '/../../version', '/api/v1/..', '/api/v1/../', '/api//v1?a=b', '//?a=b'],
  ...['/api//v1/?a=//b', `/x/..${pod}/exec`, `/x//..${pod}/exec`, `/.${pod}/exec`, `/${pod}/exec`],
  ...[`${pod}/exec/../log`, `${pod}/x/../exec`, '//evil.example/x', '/.//evil.example', '//a:b'],
  ...['/...', '/.x', '/x./', '/a;b//c', '/;//', '/:x//'],
  ...['/%2e/version', '/%2e%2e/version', '/a/%2E%2e/version', '/.%2e/version', '/a%2f..%2fversion'],
  ...[`/apix%2F..${pod}/exec`, `/x/%2e%2e${pod}/exec`, `/x/..%2f${pod.slice(1)}/exec`],
  ...[`${pod}/.%2Fexec`, `${pod}/%2Fexec`, `${pod}/%2e/exec`, `${pod}/x%2F..%2Fexec`],
  ...['/api/v1/pods%2F..%2Fexec', `${pod}/exec%2F..%2Flog`, '/a%2F.', '/a%2F..'],
  ...['/a%2Fb//c', '/a%20b//c', '/a%3Fb//c', '/a%C3%A9//c', '//%61', '/a%2Fb/../c'],
]

/** Paths with what no path should have. */
export const oddPaths: readonly string[] = [
  ...['/version;x=y', '/version;', '/;/version', `${pod}/exec;x`, `${pod}/;exec`],
  ...["/a!$&'()*+,;=:@b", '/a~b-_.', '/a[b]', '/a+b'],
  ...['/a"b', '/a<b>', String.raw`/a\b`, '/a^b', '/a`b', '/a{b}', '/a|b', '/a%2Fb{c}'],
  ...['/version#x', '/version?a#b', `${pod}/exec#x`, `/#${pod}/exec`, String.raw`/\evil.example`],
  ...['/caf\u00C3\u00A9', '/caf\u00E9', '/\u00FF', '/version?\u00E9', `${pod}/\u00E9/exec`],
  ...[
    '/a b',
    '/a\tb',
    '/ ',
    '/version\u0001',
    '/version\u007F',
    '/version\u0000',
    '/version?\u0000',
  ],
  ...[`/${'a'.repeat(8000)}`, `/version?${'a'.repeat(8000)}`, `/${'a'.repeat(2 ** 20 + 2 ** 13)}`],
]

/** What else stands in a request line. */
export const otherTargets: readonly string[] = [
  ...['*', '?a=b', 'version', './version', '../version', String.raw`\version`],
  ...['http://localhost/version', 'http://127.0.0.1:80/version', 'http://[::1]/version'],
  ...['HTTP://localhost/version', 'https://localhost/version', 'http://localhost:/version'],
  ...['http://[::1]:1/version', 'http://LOCALHOST/version', 'http://localhost./version'],
  ...['http://localhost', 'http://localhost/', 'http://localhost?a=b', 'http://localhost#x'],
  ...['http://localhost//version', 'http://localhost/a/../version', 'http://localhost/a%2Fb'],
  ...[`http://localhost${pod}/exec`, `http://localhost${pod}/%65xec`, 'http://localhost/%zz'],
  ...['http://evil.example/version', 'http://evil.example//version', 'http://evil.example'],
  ...['http://localhost.evil.example/version', 'http://localhost:80@evil.example/version'],
  ...['http://localhost@evil.example/version', 'http://evil.example@localhost/version'],
  ...['http://u:p@localhost/version', 'http://@localhost/version', 'http://localhost;x/version'],
  ...['http://localhost%2Fevil/version', 'http://%6cocalhost/version', 'http://[::1/version'],
  ...['http://localhost:x/version', 'http:///version', 'http://', 'http:', 'http:/version'],
  ...[String.raw`http://localhost\@evil.example/version`, 'http:localhost/version'],
  ...['ftp://localhost/version', 'ws://localhost/version', 'localhost:80/version', 'urn:version'],
]

/** Heads that have more to judge than method, path and host. */
export const heads: readonly Partial<RawRequest>[] = [
  ...['http://localhost:3000', 'http://127.0.0.1', 'http://evil.example', 'null', ''].map(
    (origin) => ({ lines: [`Origin: ${origin}`] }),
  ),
  ...['none', 'same-origin', 'same-site', 'cross-site'].map((site) => ({
    lines: [`Sec-Fetch-Site: ${site}`],
  })),
  { lines: ['Origin: http://localhost', 'Origin: http://evil.example'] },
  { lines: ['X-Forwarded-Host: evil.example', 'Forwarded: host=evil.example'] },
  { lines: ['X-HTTP-Method-Override: DELETE', `X-Original-URL: ${pod}/exec`] },
  { hosts: [] },
  { hosts: ['localhost', 'localhost'] },
  { hosts: ['localhost', 'evil.example'] },
  { hosts: ['evil.example', 'localhost'] },
  { target: 'http://localhost/version', hosts: [] },
  { target: 'http://localhost/version', hosts: ['evil.example'] },
  { target: 'http://localhost/version', hosts: ['localhost', 'evil.example'] },
  { method: 'OPTIONS', target: '*' },
  { method: 'OPTIONS', target: '*', hosts: ['evil.example'] },
  { method: 'CONNECT', target: 'localhost:80' },
  { method: 'CONNECT', target: `${pod}/exec` },
  { method: 'POST', target: `${pod}/exec` },
  { method: 'HEAD', target: `${pod}/exec` },
  { method: 'HEAD', target: '//version' },
  { method: 'POST', target: '//version' },
]
