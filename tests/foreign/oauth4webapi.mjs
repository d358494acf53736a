// oauth4webapi 3 as a relying party: the low-level library, every step by hand.

import * as oauth from "oauth4webapi";
import { settings, story } from "./story.mjs";

const http = { [oauth.allowInsecureRequests]: true };

await story("oauth4webapi 3", async (issuer) => {
  const url = new URL(issuer);
  const as = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, http));
  const client = { client_id: settings.clientId };
  const authentication = oauth.ClientSecretBasic(settings.clientSecret);
  const withUserinfo = async (tokens, claims) => {
    const response = await oauth.userInfoRequest(as, client, tokens.access_token, http);
    return { tokens, claims, userinfo: await oauth.processUserInfoResponse(as, client, claims.sub, response) };
  };
  /** The library checks the claims of an ID token by itself, its signature on request. */
  const verified = async (response, process) => {
    const tokens = await process(response);
    await oauth.validateApplicationLevelSignature(as, response, http);
    return tokens;
  };
  return {
    async begin(extra) {
      const pending = { verifier: oauth.generateRandomCodeVerifier(), state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce() };
      const url = new URL(as.authorization_endpoint);
      url.search = new URLSearchParams({
        client_id: client.client_id,
        redirect_uri: settings.redirectUri,
        response_type: "code",
        code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: "S256",
        state: pending.state,
        nonce: pending.nonce,
        ...extra,
      });
      return { ...pending, url };
    },
    async finish(url, { verifier, state, nonce }) {
      const answer = oauth.validateAuthResponse(as, client, url, state);
      const response = await oauth.authorizationCodeGrantRequest(as, client, authentication, answer, settings.redirectUri, verifier, http);
      const process = (response) =>
        oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: nonce, requireIdToken: true });
      const tokens = await verified(response, process);
      return withUserinfo(tokens, oauth.getValidatedIdTokenClaims(tokens));
    },
    async refresh({ tokens, claims }) {
      const response = await oauth.refreshTokenGrantRequest(as, client, authentication, tokens.refresh_token, http);
      const next = await verified(response, (response) => oauth.processRefreshTokenResponse(as, client, response));
      return withUserinfo(next, oauth.getValidatedIdTokenClaims(next) ?? claims);
    },
    async signOut({ tokens }, state) {
      const url = new URL(as.end_session_endpoint);
      url.search = new URLSearchParams({ id_token_hint: tokens.id_token, post_logout_redirect_uri: settings.postLogoutRedirectUri, state });
      return url;
    },
  };
});
