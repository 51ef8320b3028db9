// An HTTPS endpoint of webhooks on a leash: reads a command a line from stdin, {"id":1,"do":"plan",…}, and answers each with {"id":1,"ok":…} or {"id":1,"error":"…"}.
// Every POST is told as {"event":"request",…}, with what the npm package standardwebhooks says of its signature; every OPTIONS, and a validation event that somebody is to consent to, as {"event":"handshake",…}.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createInterface } from 'node:readline';
import standardwebhooks from 'standardwebhooks';

const { Webhook } = standardwebhooks;
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

// By path: statuses of the attempts of each message ("hang" for no answer at all; the last one goes on), the secrets that are known, what a handshake is answered.
const plans = new Map();
const attempts = new Map();

const verify = (secret, body, headers) => {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch (error) {
    return String(error.message);
  }
};

const validation = (body) => {
  const events = JSON.parse(body);
  return Array.isArray(events) ? events[0]?.data?.validationCode : undefined;
};

const take = (request, response, body) => {
  const path = request.url;
  const plan = plans.get(path) ?? {};
  if (request.method === 'OPTIONS') {
    tell({ event: 'handshake', value: { path, headers: request.headers } });
    const headers = {};
    if (plan.origin !== null) {
      headers['WebHook-Allowed-Origin'] = plan.origin ?? request.headers['webhook-request-origin'];
    }
    if (plan.rate) {
      headers['WebHook-Allowed-Rate'] = String(plan.rate);
    }
    response.writeHead(200, headers).end();
    return;
  }
  if (request.headers['aeg-event-type'] === 'SubscriptionValidation') {
    if (plan.manual) {
      tell({ event: 'handshake', value: { path, headers: request.headers, body } });
      response.writeHead(202).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ validationResponse: validation(body) }));
    return;
  }
  const id = request.headers['webhook-id'];
  const key = `${path} ${id}`;
  const number = attempts.get(key) ?? 0;
  attempts.set(key, number + 1);
  const statuses = plan.statuses ?? [200];
  const status = statuses[Math.min(number, statuses.length - 1)];
  const verified = Object.fromEntries((plan.secrets ?? []).map((secret) => [secret, verify(secret, body, request.headers)]));
  tell({ event: 'request', value: { path, id, attempt: number + 1, at: Date.now(), status, verified, headers: request.headers, body } });
  if (status !== 'hang') {
    const headers = plan.retryAfter === undefined ? {} : { 'Retry-After': String(plan.retryAfter) };
    response.writeHead(status, headers).end('received');
  }
};

const commands = {
  listen({ cert, key }) {
    const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => take(request, response, Buffer.concat(chunks).toString('utf8')));
      request.on('error', () => {});
    });
    return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
  },
  plan({ path, ...plan }) {
    plans.set(path, { ...plans.get(path), ...plan });
  },
};

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, do: name, ...args } = JSON.parse(line);
  try {
    tell({ id, ok: (await commands[name](args)) ?? null });
  } catch (error) {
    tell({ id, error: String(error.message) });
  }
});
