// An HTTP/2 server for tests on a free port of loopback: node server.mjs KEY CERTIFICATE
// All answers share one line that moves `lineBytes` every 10 ms, dealt out evenly.
//   /video/BYTES  a body of that size over the shared line
//   /trailers     an answer with trailers, header names as HTTP/2 has them
//   /informed     100, 102 and 103 before the answer
//   /early/STATUS an answer as soon as the head of the request is there, whatever body follows
//   /measured     the same with its length
//   /broken       the beginning of an answer, then a fault
//   /active       how many answers shared the line at most
import { readFileSync } from 'node:fs';
import { constants, createSecureServer } from 'node:http2';

const [key, cert] = process.argv.slice(2).map((path) => readFileSync(path));
const lineBytes = 64 * 1024;
const active = new Map(); // stream → bytes left
let most = 0;

setInterval(() => {
  const share = Math.max(1, Math.floor(lineBytes / active.size));
  for (const [stream, left] of active) {
    const now = Math.min(share, left);
    stream.write(Buffer.alloc(now, 'v'));
    if (left > now) {
      active.set(stream, left - now);
    } else {
      active.delete(stream);
      stream.end();
    }
  }
}, 10);

const server = createSecureServer({
  key, cert, settings: { maxConcurrentStreams: 2000, initialWindowSize: 1 << 20 },
});
server.on('sessionError', () => {});
server.on('stream', (stream, headers) => {
  const path = headers[':path'];
  stream.on('error', () => active.delete(stream));
  stream.on('close', () => active.delete(stream));
  if (path.startsWith('/video/')) {
    stream.respond({ ':status': 200 });
    active.set(stream, Number(path.slice('/video/'.length)));
    most = Math.max(most, active.size);
  } else if (path === '/trailers') {
    stream.resume().on('end', () => {
      stream.respond({ ':status': 200, 'x-mixed': 'Yes' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-checksum': '1' }));
      stream.end('with trailers');
    });
  } else if (path === '/informed') {
    stream.resume().on('end', () => {
      stream.additionalHeaders({ ':status': 102 });
      stream.additionalHeaders({ ':status': 103, link: '</x>' });
      stream.respond({ ':status': 200 });
      stream.end('informed');
    });
  } else if (path === '/measured') {
    stream.respond({ ':status': 200, 'content-length': '5' });
    stream.end('early');
  } else if (path.startsWith('/early/')) {
    stream.respond({ ':status': Number(path.slice('/early/'.length)) });
    stream.end('early');
  } else if (path === '/broken') {
    stream.respond({ ':status': 200 });
    stream.write('half', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  } else {
    stream.respond({ ':status': 200 });
    stream.end(String(most));
  }
});
server.listen(0, '127.0.0.1', () => console.log(`http2.listens port=${server.address().port}`));
