// An S3 server for tests on a free port of loopback: node server.mjs DIRECTORY BUCKET
// It verifies signatures and their expiry; its only key is S3RVER with the secret S3RVER.
// Path style: http://s3.localhost:PORT/BUCKET/KEY; virtual host: http://BUCKET.s3.localhost:PORT/KEY.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const S3rver = require('@20minutes/s3rver');
const v4 = require('@20minutes/s3rver/lib/signature/v4');
const [directory, bucket] = process.argv.slice(2);

// What is signed is the path as sent. s3rver 4.0.4 signs the bucket's name as well when it came with
// the host (right for version 2 of signatures only); Amazon's examples do not.
const original = v4.getStringToSign;
v4.getStringToSign = (request, rest) => original(
  request.headers.host.startsWith(`${bucket}.`)
    ? { ...request, uri: request.uri.slice(bucket.length + 1) || '/' } : request, rest);

const server = new S3rver({
  address: '127.0.0.1', port: 0, directory, silent: true, serviceEndpoint: 'localhost',
  configureBuckets: [{ name: bucket }],
});
const { port } = await server.run();
console.log(`s3.listens port=${port}`);
