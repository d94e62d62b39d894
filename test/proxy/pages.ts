/** Shows the names of the namespaces that its own server has. */
export const pageOfNames: string = page(`
  const response = await fetch('/api/v1/namespaces')
  const { items } = await response.json()
  return items.map(({ metadata }) => metadata.name).join(' ')
`)

/**
 * Tries what a page can do to a server without asking it, each for a path of its own, and shows as
 * JSON what it could see of the answers: of one that is `unseen`, not even whether there was one.
 *
 * @param server URL of the server without a path; '' for the page's own.
 */
export function pageOfAttempts(server: string): string {
  return page(`
    const at = (attempt) => '${server}/api/v1/namespaces?' + attempt
    const named = (name) => JSON.stringify({ metadata: { name } })
    const read = (response) => response.type === 'opaque' ? 'unseen' : response.text()
    const isLoaded = (element) => new Promise((resolve) => {
      element.onload = () => resolve('loaded')
      element.onerror = () => resolve('unseen')
    })
    const include = (element) => {
      element.src = at(element.localName)
      document.body.append(element)
      return isLoaded(element)
    }
    const inside = ({ contentDocument }) => contentDocument?.body.innerText ?? 'unseen'
    const attempts = {
      get: () => fetch(at('get')).then(read),
      noCors: () => fetch(at('no-cors'), { mode: 'no-cors' }).then(read),
      post: () =>
        fetch(at('post'), { method: 'POST', mode: 'no-cors', body: named('posted') }).then(read),
      json: () => {
        const headers = { 'content-type': 'application/json' }
        return fetch(at('json'), { method: 'POST', headers, body: named('sent') }).then(read)
      },
      socket: () => new Promise((resolve) => {
        const socket = new WebSocket(at('socket').replace(/^http/, 'ws'))
        socket.binaryType = 'arraybuffer'
        socket.onmessage = ({ data }) => resolve(new TextDecoder().decode(data))
        socket.onerror = () => resolve('unseen')
      }),
      image: () => include(new Image()),
      script: () => include(document.createElement('script')),
      frame: async () => {
        const frame = document.createElement('iframe')
        await include(frame)
        return inside(frame)
      },
      form: async () => {
        const frame = document.createElement('iframe')
        const form = document.createElement('form')
        frame.name = form.target = 'answer'
        Object.assign(form, { action: at('form'), method: 'POST', enctype: 'text/plain' })
        document.body.append(frame, form)
        // The empty frame is loaded by now.
        form.submit()
        await isLoaded(frame)
        return inside(frame)
      },
    }
    const seen = {}
    for (const [name, attempt] of Object.entries(attempts)) {
      seen[name] = await attempt().catch(() => 'unseen')
    }
    return JSON.stringify(seen)
  `)
}

/** @param script Body of an async function that returns what the page is to show. */
function page(script: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<title>A page</title>
<body>
<script>
globalThis.done = (async () => {${script}})().then(
  (text) => document.body.replaceChildren(text),
  (error) => document.body.replaceChildren('failed: ' + error),
)
</script>
`
}
