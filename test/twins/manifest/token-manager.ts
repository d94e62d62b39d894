import { none, type UpstreamTests } from './entry.ts'

const twin = 'twins/token-manager.test.ts:'
const got = `${twin} a token is got once for two who ask, and >`
const forgotten = `${twin} tokens of a pod are forgotten >`
const cleaned = `${twin} the cache is cleaned >`
const found = `${twin} a token in the cache >`

/** Tests of the kubelet's token manager. */
export const tokenManager: readonly UpstreamTests[] = [
  {
    module: 'kubernetes',
    file: 'pkg/kubelet/token/token_manager_test.go',
    tests: {
      TestTokenCachingAndExpiration: {
        'rotate hour token expires in the last 12 minutes': `${got} is renewed: one of an hour after 50 minutes`,
        'rotate 24 hour token that expires in 40 hours': `${got} is renewed: one of 40 hours after 25 hours`,
        "rotate hour token fails, old token is still valid, doesn't error": `${got} serves while it is valid, though it cannot be renewed`,
        'service account recreated - cache miss due to different UID': `${got} another one for each account that is asked for by its UID`,
        'service account UID consistent - cache hit': `${got} the same for one account that is asked for twice by its UID`,
      },
      // Its last case, a reply without seconds, is better here: it is renewed.
      TestRequiresRefresh: `${twin} a token is due > *`,
      TestDeleteServiceAccountToken: {
        'delete none with all success requests': `${forgotten} none`,
        'delete one with all success requests': `${forgotten} one`,
        'delete two with all success requests': `${forgotten} two`,
        'delete all with all success requests': `${forgotten} all`,
        'delete no pod with failed requests': `${forgotten} none, when one could not be had`,
        'delete other pod with failed requests': `${forgotten} another, when one could not be had`,
        'delete no pod with request which success after failure': `${forgotten} none, when one was had at last`,
        'delete the pod which success after failure': `${forgotten} the one that was had at last`,
        'delete other pod with request which success after failure': `${forgotten} another than that`,
        'delete some pod not in the set': `${forgotten} none, for a pod that has none`,
      },
      // The names of the two cases stand the wrong way round there.
      TestCleanup: {
        "don't cleanup unexpired tokens": `${cleaned} of what ended an hour ago`,
        'cleanup expired tokens': `${cleaned} but of nothing that ends in an hour`,
      },
      TestKeyFunc: {
        'foo-sa': none('the name of an account there, and of no case'),
        hit: `${found} is found by the same request, or not`,
        'not hit due to different ExpirationSeconds': `${found} is found by one for more seconds, or not`,
        'not hit due to different BoundObjectRef': `${found} is found by one bound to another object, or not`,
        'not hit due to different service account UID': `${found} is found by one for another UID, or not`,
        'hit with same service account UID': `${found} is found by one for the same UID, or not`,
        'hit with empty UID (backward compatibility)': `${found} is found by one without UID, if it has none, or not`,
        "not hit when one has UID and other doesn't": `${found} is found by one without UID, if it has one, or not`,
      },
      TestServiceAccountRecreationCacheInvalidation: `${twin} a token that is asked for by the UID of a recreated account is a new one`,
    },
  },
]
