import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { createCertificateAuthority } from '../../src/doors/testing.ts'
import { freePorts } from '../../test/cluster/free-ports.ts'
import { startBackground } from '../processes/background.ts'

/** The one token that it takes. */
export const nginxToken = 'bench'

/** An nginx that answers at once, over TLS, on two ports. */
export interface Nginx extends AsyncDisposable {
  readonly certificateAuthorityPem: string
  /** Port that speaks HTTP/2 to those who ask for it. */
  readonly http2Port: number
  /** Port that speaks HTTP/1.1 alone. */
  readonly http1Port: number
}

/** Starts nginx with all its files in a folder. */
export async function startNginx(command: string, folder: string): Promise<Nginx> {
  const [http2Port = 0, http1Port = 0] = await freePorts(2)
  const authority = createCertificateAuthority()
  const { certificatePem, privateKeyPem } = authority.issue({
    commonName: 'upstream',
    ipAddresses: ['127.0.0.1'],
    usage: 'server',
  })
  await mkdir(join(folder, 'scratch'))
  await writeFile(join(folder, 'certificate.pem'), certificatePem)
  await writeFile(join(folder, 'key.pem'), privateKeyPem, { mode: 0o600 })
  await writeFile(join(folder, 'nginx.conf'), configuration(http2Port, http1Port))
  const nginx = startBackground(command, ['-p', folder, '-e', 'stderr', '-c', 'nginx.conf'])
  await Promise.race([listening(http1Port), nginx.ended])
  return {
    certificateAuthorityPem: authority.certificatePem,
    http2Port,
    http1Port,
    [Symbol.asyncDispose]: async () => await nginx[Symbol.asyncDispose](),
  }
}

const version = JSON.stringify({
  major: '1',
  minor: '34',
  gitVersion: 'v1.34.0',
  gitTreeState: 'clean',
  buildDate: '2025-08-27T10:09:04Z',
  goVersion: 'go1.24.5',
  compiler: 'gc',
  platform: 'linux/amd64',
})

// One process, so that there is one to stop. API servers do not close a connection after a number
// of requests or a minute of silence, as nginx does when not told otherwise.
function configuration(http2Port: number, http1Port: number): string {
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path scratch/${name};`)
    .join('\n')
  // Whoever forgets the credential is not the faster for it.
  const refusal = `if ($http_authorization != "Bearer ${nginxToken}") { return 401; }`
  const location = `location / { ${refusal} return 200 '${version}'; }`
  return `daemon off;
master_process off;
pid nginx.pid;
events { worker_connections 4096; }
http {
${scratch}
  access_log off;
  default_type application/json;
  ssl_certificate certificate.pem;
  ssl_certificate_key key.pem;
  ssl_protocols TLSv1.2 TLSv1.3;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  server {
    listen 127.0.0.1:${http2Port} ssl http2;
    ${location}
  }
  server {
    listen 127.0.0.1:${http1Port} ssl;
    ${location}
  }
}
`
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await sleep(25)
    } finally {
      socket.destroy()
    }
  }
  throw new Error(`nothing listens on port ${port} after 5 s`)
}
