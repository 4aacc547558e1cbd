// The sandbox's control API (sandbox/README.md).

async function checked(answer) {
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error ?? `HTTP ${answer.status}`);
  return body;
}

export const get = async (path) => checked(await fetch(`control/${path}`));

export const post = async (path, body) =>
  checked(await fetch(`control/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  }));

export const remove = async (path) => checked(await fetch(`control/${path}`, { method: 'DELETE' }));

/** Sends bytes of the user's own. `type` is "photo" or "document". */
export async function sendFile(user, type, file, caption) {
  const form = new FormData();
  form.append('user', String(user));
  form.append('type', type);
  if (caption) form.append('caption', caption);
  form.append('file', file, file.name || 'photo.jpg');
  return checked(await fetch('control/send', { method: 'POST', body: form }));
}

export const fileUrl = (id) => `control/file?id=${encodeURIComponent(id)}`;

/** The number of the last event so far. */
export const lastEvent = async () => (await get('events?since=0&timeout=0')).last;

/** Calls `handle` with the events after number `since`, some at a time and in their order, for ever. */
export async function follow(since, handle) {
  for (;;) {
    try {
      const page = await get(`events?since=${since}&timeout=25`);
      if (page.last < since) location.reload(); // the sandbox began anew
      since = page.last;
      await handle(page.events);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1000)); // the sandbox is away
    }
  }
}
