// PouchDB over HTTP: `node pouchdb.js serve FOLDER`, or `push FOLDER URL DOCUMENTS BATCH`, or `pull ...`.
// `serve` says its port, the others one line of JSON: documents, seconds, megabytes.
'use strict';
const PouchDB = require('pouchdb');
const [what, folder, url, count, batch] = process.argv.slice(2);
const now = () => Number(process.hrtime.bigint()) / 1e9;
const CHUNK = 2000;

// As large as an event of a bench is on the line.
const note = 'carton opened, seal broken, item tested and put to shelf';
const made = (n) => ({
  _id: `ev-${String(n).padStart(9, '0')}`,
  station: 'st1', seq: n, sku: (n * 7919) % 100000, from: n % 40, to: (n + 1) % 40, qty: 1, kind: 'move',
  at: '2026-01-02T03:04:05Z', actor: 'u17', payload: { rma: `RMA-${n}`, condition: 'B', note },
});

async function fill(db, documents) {
  for (let start = 0; start < documents; start += CHUNK) {
    const size = Math.min(CHUNK, documents - start);
    await db.bulkDocs(Array.from({ length: size }, (_, n) => made(start + n)));
  }
}

async function replicate() {
  const local = new PouchDB(`${folder}/local`);
  const options = { batch_size: Number(batch), batches_limit: 10 };
  if (what === 'push') await fill(local, Number(count));
  else await fill(new PouchDB(url), Number(count));
  const began = now();
  const done = what === 'push' ? await local.replicate.to(url, options) : await local.replicate.from(url, options);
  const seconds = now() - began;
  await local.close();
  const mb = process.memoryUsage().rss / 1048576;
  console.log(JSON.stringify({ documents: done.docs_written, seconds, mb }));
}

function serve() {
  const app = require('express')();
  const quiet = { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: `${folder}/log.txt` };
  app.use('/', require('express-pouchdb')(PouchDB.defaults({ prefix: `${folder}/` }), quiet));
  const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
}

if (what === 'serve') serve();
else replicate().catch((error) => { console.error(error); process.exit(1); });
