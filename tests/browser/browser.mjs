// A browser for the tests: Debian's Chromium, with what must never happen noted as faults.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync',
];

/// A browser with a profile of its own. `options`: those of playwright's launchPersistentContext. Returns { page, close }.
export async function openBrowser(options) {
  const profile = await mkdtemp(join(tmpdir(), 'neurocards-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium', headless: true, args: flags, ...options,
  });
  return {
    page: context.pages()[0] ?? await context.newPage(),
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/// Notes in `faults` what a page does wrong: errors, and requests to another origin than that of `url`.
export function watch(page, url, faults) {
  page.on('pageerror', (err) => faults.push(`page error: ${err.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(url).origin) && !/^(data|blob):/.test(request.url()))
      faults.push(`external resource: ${request.url()}`);
  });
}

/// Ends the program: with code 1, and the faults on standard error, if there are any.
export function report(faults) {
  for (const fault of faults) console.error(fault);
  process.exit(faults.length > 0 ? 1 : 0);
}
