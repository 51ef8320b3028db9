// node-influx at work: arguments are host, port, user, password and database; what it finds is one line of JSON.
import { FieldType, InfluxDB } from 'influx';

const [host, port, username, password, database] = process.argv.slice(2);
const influx = new InfluxDB({
  host,
  port: Number(port),
  username,
  password,
  database,
  schema: [{ measurement: 'response', fields: { ms: FieldType.INTEGER, path: FieldType.STRING }, tags: ['host'] }],
});

const pings = await influx.ping(5000);
await influx.createDatabase(database);
await influx.writePoints(
  [
    { measurement: 'response', tags: { host: 'a' }, fields: { ms: 12, path: '/one "two"' }, timestamp: new Date('2020-07-21T10:45:00Z') },
    { measurement: 'response', tags: { host: 'b' }, fields: { ms: 30, path: '/' }, timestamp: new Date('2020-07-21T10:45:01.5Z') },
  ],
  { precision: 'ms' },
);
const rows = process.argv.includes('select')
  ? await influx.query('select ms, path from response where host = $host', { placeholders: { host: 'a' } })
  : [];
process.stdout.write(
  `${JSON.stringify({
    online: pings.every((ping) => ping.online),
    version: pings[0].version,
    databases: await influx.getDatabaseNames(),
    measurements: await influx.getMeasurements(),
    policies: (await influx.showRetentionPolicies()).map((policy) => policy.name),
    rows: rows.map((row) => ({ time: row.time.toISOString(), ms: row.ms, path: row.path })),
  })}\n`,
);
