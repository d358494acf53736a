// openid-client 6 as a relying party.

import * as oidc from "openid-client";
import { settings, story } from "./story.mjs";

// By default the library trusts TLS for tokens from the token endpoint; this makes it verify their signature too.
const insecure = { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] };

await story("openid-client 6", async (issuer) => {
  const config = await oidc.discovery(
    new URL(issuer),
    settings.clientId,
    undefined,
    oidc.ClientSecretBasic(settings.clientSecret),
    insecure,
  );
  const withUserinfo = async (tokens, claims) => ({
    tokens,
    claims,
    userinfo: await oidc.fetchUserInfo(config, tokens.access_token, claims.sub),
  });
  return {
    async begin(extra) {
      const pending = { verifier: oidc.randomPKCECodeVerifier(), state: oidc.randomState(), nonce: oidc.randomNonce() };
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: settings.redirectUri,
        code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: "S256",
        state: pending.state,
        nonce: pending.nonce,
        ...extra,
      });
      return { ...pending, url };
    },
    async finish(url, { verifier, state, nonce }) {
      const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
      const tokens = await oidc.authorizationCodeGrant(config, url, checks);
      return withUserinfo(tokens, tokens.claims());
    },
    async refresh({ tokens, claims }) {
      const next = await oidc.refreshTokenGrant(config, tokens.refresh_token);
      return withUserinfo(next, next.claims() ?? claims);
    },
    async signOut({ tokens }, state) {
      return oidc.buildEndSessionUrl(config, {
        id_token_hint: tokens.id_token,
        post_logout_redirect_uri: settings.postLogoutRedirectUri,
        state,
      });
    },
  };
});
