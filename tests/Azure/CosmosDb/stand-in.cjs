"use strict";

// Runs @vercel/cosmosdb-server as the .NET SDK needs it: node stand-in.cjs <folder with node_modules>. It takes a free port and prints its address.
// What it does otherwise than the server, and what stays untested by it, is listed in README.md beside this file.
const fs = require("fs");
const path = require("path");
const Module = require("module");
const load = Module.createRequire(path.join(path.resolve(process.argv[2]), "package.json"));
const http = require("http");
const { readBatch, writeResults } = require("./hybrid-row.cjs");

// The SQL engine's parser tries every rule anew at every depth, so that ten nested parentheses take it minutes. Here it remembers what a rule found where.
const parser = new Module(load.resolve("@zeit/cosmosdb-query/lib/parser"));
parser.filename = parser.id;
parser._compile(
  fs
    .readFileSync(parser.id, "utf8")
    .replace("function peg$parse(input, options) {", "function peg$parse(input, options) { const $found = {}; $remember;")
    .replace(/function peg\$parse(\w+)\(\) \{/g, 'function peg$parse$1() { return $remember("$1", $parse$1); } function $parse$1() {')
    .replace(
      "$remember;",
      `function $remember(rule, parse) {
        const found = ($found[rule] ??= new Map());
        const start = peg$currPos;
        if (!found.has(start)) found.set(start, [parse(), peg$currPos]);
        const [result, end] = found.get(start);
        peg$currPos = end;
        return result;
      }`
    ),
  parser.id
);
parser.loaded = true;
require.cache[parser.id] = parser;

const Account = load("@vercel/cosmosdb-server/lib/account").default;
const Items = load("@vercel/cosmosdb-server/lib/account/items").default;
const route = load("@vercel/cosmosdb-server/lib/routes").default;
const operations = load("@vercel/cosmosdb-server/lib/handler/_document-operations");
const sql = load("@zeit/cosmosdb-query").default;
const helpers = load("@zeit/cosmosdb-query/lib/helpers");
const functions = load("@zeit/cosmosdb-query/lib/builtin-functions");

const plan = {
  partitionedQueryExecutionInfoVersion: 2,
  queryInfo: {},
  queryRanges: [{ min: "", max: "FF", isMinInclusive: true, isMaxInclusive: false }],
};

// The service's entity tags are quoted.
const set = Items.prototype._set;
Items.prototype._set = function (data) {
  return set.call(this, { ...data, _etag: `"${data._etag.replaceAll('"', "")}"` });
};

// The service orders strings by their UTF-8, JavaScript by their UTF-16.
const compare = helpers.compare;
helpers.compare = (operator, left, right) =>
  typeof left === "string" && typeof right === "string"
    ? compare(operator, Buffer.compare(Buffer.from(left), Buffer.from(right)), 0)
    : compare(operator, left, right);

// LIKE, of which the SQL engine knows nothing: % for any run of characters, _ for one, and the escape character before either of them for itself.
functions.LIKEMATCH = (text, pattern, escape) => (typeof text === "string" ? like([...text], parts(pattern, escape)) : undefined);

function parts(pattern, escape) {
  const found = [];
  for (const characters = [...pattern]; characters.length > 0; ) {
    const next = characters.shift();
    found.push(next === escape ? characters.shift() : next === "%" ? Infinity : next === "_" ? 1 : next);
  }
  return found;
}

function like(text, pattern) {
  let [at, p, star, mark] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[p] === Infinity) [star, mark] = [p++, at];
    else if (pattern[p] === 1 || pattern[p] === text[at]) [at, p] = [at + 1, p + 1];
    else if (star >= 0) [p, at] = [star + 1, ++mark];
    else return false;
  }
  return pattern.slice(p).every(part => part === Infinity);
}

// The string functions that may ignore case, by their third argument.
const folding = match => (text, part, ignoreCase) =>
  typeof text !== "string" ? undefined : ignoreCase ? match(text.toLowerCase(), part.toLowerCase()) : match(text, part);
functions.CONTAINS = folding((text, part) => text.includes(part));
functions.ENDSWITH = folding((text, part) => text.endsWith(part));
functions.STARTSWITH = folding((text, part) => text.startsWith(part));
functions.STRINGEQUALS = folding((text, part) => text === part);
functions.LOWER = text => (typeof text === "string" ? text.toLowerCase() : undefined);

const member = /((?:LOWER\()?(?:c|e\d+)(?:\.b|\["(?:[^"\\]|\\.)*"\])*\)?) LIKE (@\w+) ESCAPE "(.)"/g;
const rewrite = query => query.replace(member, 'LIKEMATCH($1, $2, "$3")');

// What is iterated and is no array has no elements; the engine throws.
const iterated = /\((c|e\d+)((?:\.\w+|\["(?:[^"\\]|\\.)*"\])*) \|\| \[\]\)\.map/g;
const name = /\.\w+|\["(?:[^"\\]|\\.)*"\]/g;
const quoted = text => (text[0] === "." ? JSON.stringify(text.slice(1)) : text.slice(1, -1));
helpers.elements = (root, names) => {
  const owned = (value, name) => value && typeof value === "object" && !Array.isArray(value) && Object.hasOwn(value, name);
  const found = names.reduce((value, name) => (owned(value, name) ? value[name] : undefined), root);
  return Array.isArray(found) ? found : [];
};

// A member of an array or a string is none: the engine would find "0" and "length" there, and what every JavaScript object inherits.
function compile(text) {
  const query = sql(rewrite(text));
  query._code = query.code
    .replaceAll(
      'typeof $_ === "object" && $_ ? $_',
      'typeof $_ === "object" && $_ && !Array.isArray($_) ? Object.assign(Object.create(null), $_)'
    )
    .replace(iterated, (_, root, names) => `$h.elements(${root}, [${names.match(name)?.map(quoted) ?? ""}]).map`);
  return query;
}

const read = async request => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
};

function query(collection, headers, { query: text, parameters }) {
  const [partition] = JSON.parse(headers["x-ms-documentdb-partitionkey"]);
  const documents = [...collection.documents._data.values()].map(item => item.read()).filter(document => document.pk === partition);
  const continuation = headers["x-ms-continuation"];
  const answer = compile(text).exec(documents, {
    parameters,
    maxItemCount: Number(headers["x-ms-max-item-count"]),
    continuation: continuation ? JSON.parse(continuation) : null,
    compositeIndexes: collection.read().indexingPolicy?.compositeIndexes ?? [],
  });
  return {
    statusCode: 200,
    headers: answer.continuation ? { "x-ms-continuation": JSON.stringify(answer.continuation) } : {},
    body: { Documents: answer.result, _count: answer.result.length },
  };
}

const kinds = { 0: "create", 4: "delete", 5: "replace", 20: "upsert" };

// All or nothing: this is one thread, and no other request runs in between.
function batch(collection, partitionKey, writes) {
  const { _data, _index } = collection.documents;
  const before = [new Map(_data), new Map(_index)];
  const results = [];
  for (const write of writes) {
    const { statusCode, body } = operations[`${kinds[write.operationType]}Operation`](collection, { ...write, partitionKey });
    results.push({ statusCode, eTag: statusCode < 300 ? body?._etag : undefined });
    if (statusCode >= 400) break;
  }

  const failed = results.at(-1).statusCode >= 400 ? results.length - 1 : -1;
  if (failed < 0) return { statusCode: 200, body: writeResults(results) };
  [collection.documents._data, collection.documents._index] = before;
  const dependent = writes.map((_, index) => (index === failed ? results[failed] : { statusCode: 424 }));
  return { statusCode: 207, body: writeResults(dependent) };
}

// What the server answers with 500 (a document that is missing) or not at all (batches); null for what it does well.
async function documents(request) {
  const { headers, method, url } = request;
  const [, database, container, id] = /^\/\/?dbs\/([^/]+)\/colls\/([^/]+)\/docs(?:\/([^/]+))?\/?$/.exec(url)?.map(part => part && decodeURIComponent(part)) ?? [];
  if (!database) return null;
  const collection = account.database(database).collection(container);
  if (!collection.read()) return { statusCode: 404, body: { message: "no such container" } };
  const partitionKey = headers["x-ms-documentdb-partitionkey"];
  const input = { partitionKey, id, ifMatch: headers["if-match"] };
  const body = method === "GET" || method === "DELETE" ? null : await read(request);
  if (headers["x-ms-cosmos-is-query-plan-request"]) return { statusCode: 200, body: plan };
  if (headers["x-ms-cosmos-is-batch-request"]) return batch(collection, partitionKey, readBatch(body));
  const json = body && JSON.parse(body.toString());
  if (headers["x-ms-documentdb-isquery"]) return query(collection, headers, json);
  const write = { ...input, resourceBody: json };
  switch (method) {
    case "GET":
      return operations.readOperation(collection, input);
    case "DELETE":
      return operations.deleteOperation(collection, input);
    case "PUT":
      return operations.replaceOperation(collection, write);
    case "POST":
      return headers["x-ms-documentdb-is-upsert"] ? operations.upsertOperation(collection, write) : operations.createOperation(collection, write);
    default:
      return null;
  }
}

async function answer(request, response) {
  let result = await documents(request);
  if (!result) {
    const [params, handler] = route(request) ?? [];
    if (!handler) return { statusCode: 400, body: { message: "no route" } };
    const body = await handler(account, request, response, params);
    result = { statusCode: response.statusCode, body };
    // The SDK reads the partition key ranges as a feed of changes, until there are no more.
    if (request.headers["a-im"]) result = { ...result, statusCode: request.headers["if-none-match"] ? 304 : 200, headers: { etag: "1" } };
  }
  return result;
}

let account;
const server = http.createServer({ keepAliveTimeout: 60000 }, async (request, response) => {
  let result;
  try {
    result = await answer(request, response);
  } catch (error) {
    console.error(error);
    result = { statusCode: error.badRequest || error.name === "SyntaxError" ? 400 : 500, body: { message: error.message } };
  }

  const { statusCode, headers, body } = result;
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body ?? {}));
  response.writeHead(statusCode, {
    ...headers,
    ...(body?._etag ? { etag: body._etag } : {}),
    "content-type": Buffer.isBuffer(body) ? "application/octet-stream" : "application/json",
    "x-ms-request-charge": "1",
  });
  response.end(statusCode === 204 || statusCode === 304 ? undefined : bytes);
});

server.listen(Number(process.argv[3] ?? 0), "127.0.0.1", () => {
  account = new Account("127.0.0.1", server.address().port);
  const locations = [{ name: "here", databaseAccountEndpoint: `http://127.0.0.1:${server.address().port}/` }];
  account._data = { ...account.read(), writableLocations: locations, readableLocations: locations };
  console.log(`Cosmos DB stands at http://127.0.0.1:${server.address().port}/`);
});
