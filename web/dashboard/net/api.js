// Requests to the node.
import { authorization } from "./token.js";

/// What the node refused, with its words.
class Refusal extends Error {
  constructor(status, answer) {
    super(answer.error ?? `the node answers ${status}`);
    this.status = status;
    this.answer = answer;
  }
}

async function read(answer) {
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(answer.status, body);
  return body;
}

/// The JSON of an address. Throws Refusal, or TypeError when the node cannot be reached.
export async function get(url, signal) {
  return read(await fetch(url, { cache: "no-store", signal }));
}

/// Acts. With a token of this tab, what the browser knows is left out: it would ask anew for a wrong one.
export async function post(url, body) {
  const header = authorization();
  return read(await fetch(url, {
    method: "POST",
    cache: "no-store",
    credentials: header ? "omit" : "same-origin",
    headers: { "Content-Type": "application/json", ...(header && { Authorization: header }) },
    body: JSON.stringify(body),
  }));
}

/// What the token of this tab, or else the browser's, allows: { may_act }.
export async function access() {
  const header = authorization();
  const options = header ? { credentials: "omit", headers: { Authorization: header } } : {};
  return read(await fetch("/api/access", { cache: "no-store", ...options }));
}
