// The operator's token for this tab, where the browser signed in with the read-only one. It lives in this
// variable alone: never in the address, a cookie or a storage, and it is gone with the tab. The token
// that the browser asked for itself (Basic) is kept by the browser; no script can see it.

let token = null;

/// The header of requests that act; undefined: the browser's own sign-in counts.
export function authorization() {
  return token === null ? undefined : `Bearer ${token}`;
}

export function keep(text) {
  token = text || null;
}

export function forget() {
  token = null;
}
