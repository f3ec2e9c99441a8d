// A relying party made of npm's openid-client and nothing else. It reads one line of JSON with
// what it is told at registration, writes the address that a browser must open, reads where the
// browser was sent to, and writes what it found out.
import { createInterface } from "node:readline";
import * as client from "openid-client";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => JSON.parse((await lines.next()).value);
const tell = (what) => process.stdout.write(JSON.stringify(what) + "\n");
const asked = await next();

const key = await crypto.subtle.importKey(
  "jwk",
  asked.key,
  { name: "RSASSA-PKCS1-v1_5", hash: asked.hash },
  false,
  ["sign"],
);
const config = await client.discovery(
  new URL(asked.issuer),
  asked.client,
  { id_token_signed_response_alg: asked.signed },
  client.PrivateKeyJwt({ key, kid: asked.kid }),
  { execute: [client.allowInsecureRequests] },
);
client.enableNonRepudiationChecks(config);

const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const address = client.buildAuthorizationUrl(config, {
  redirect_uri: asked.redirect,
  scope: asked.scope,
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  state,
  nonce,
  ...asked.more,
});
tell({ address: address.href });

const { returned } = await next();
const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
const tokens = await client.authorizationCodeGrant(config, new URL(returned), checks);
const claims = tokens.claims();
const who = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
const fresh = await client.refreshTokenGrant(config, tokens.refresh_token);
const again = await client.fetchUserInfo(config, fresh.access_token, claims.sub);
let reused = "accepted";
try {
  await client.refreshTokenGrant(config, tokens.refresh_token);
} catch (fault) {
  reused = fault.error;
}
tell({ claims, who, again, scope: tokens.scope, reused, kind: tokens.token_type });
process.exit(0);
