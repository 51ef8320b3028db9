// Makes operations.json from the vendor's OpenAPI document: the operations that this cloud answers, with their parameters, bodies and answers as bare schemas. No text of the
// vendor's is kept: descriptions, examples and titles go. Run it again with a newer document: node strip.mjs c8y-oas-release.json operations.json
import { readFileSync, writeFileSync } from 'node:fs';

const OUT_OF_SCOPE = [
  /^\/application/, /^\/features/, /^\/certificate-authority/, /^\/\.well-known/, /^\/notification\/realtime$/,
  /^\/tenant\/(tenants|statistics|trusted-certificates)/, /^\/tenant\/loginOptions\/./, /^\/devicecontrol\/deviceAccessToken/, /\/editable$/,
  /^\/user\/(devicePermissions|inventoryroles|roles|logout\/|\{tenantId\})/, /^\/user\/currentUser\/./,
];
const TEXT = new Set(['description', 'summary', 'example', 'examples', 'title', 'externalDocs', 'tags', 'operationId']);

const document = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const paths = Object.fromEntries(
  Object.entries(document.paths)
    .filter(([path]) => !OUT_OF_SCOPE.some(pattern => pattern.test(path)))
    .map(([path, item]) => [path, bare(item, false)]),
);
paths['/tenant/loginOptions'] = { get: paths['/tenant/loginOptions'].get };

// Names of members are kept though they may be the names of texts: a schema's properties and its list of them are no texts themselves.
function bare(node, isNames) {
  if (Array.isArray(node)) {
    return node.map(item => bare(item, false));
  }
  if (node === null || typeof node !== 'object') {
    return node;
  }
  return Object.fromEntries(
    Object.entries(node)
      .filter(([name]) => isNames || (!TEXT.has(name) && !name.startsWith('x-')))
      .map(([name, value]) => [name, bare(value, !isNames && (name === 'properties' || name === 'schemas' || name === 'responses' || name === 'parameters'))]),
  );
}

// A media type that lists several is none: each gets its own entry.
(function split(node) {
  for (const [name, value] of Object.entries(node ?? {})) {
    if (name === 'content') {
      node.content = Object.fromEntries(Object.entries(value).flatMap(([type, media]) => type.split(',').map(one => [one.trim(), media])));
    }
    if (typeof node[name] === 'object') {
      split(node[name]);
    }
  }
})(paths);

// What no operation in scope refers to, directly or through others, goes.
const parts = bare(document.components, false);
const used = new Set();
(function visit(node) {
  for (const [, reference] of JSON.stringify(node).matchAll(/"\$ref":"#\/components\/([^"]+)"/g)) {
    if (!used.has(reference)) {
      used.add(reference);
      const [kind, name] = reference.split('/');
      visit(parts[kind][name]);
    }
  }
})(paths);
const components = { securitySchemes: parts.securitySchemes };
for (const reference of [...used].sort()) {
  const [kind, name] = reference.split('/');
  (components[kind] ??= {})[name] = parts[kind][name];
}

// An object of a response must have a description to be one.
for (const responses of [components.responses ?? {}, ...Object.values(paths).flatMap(item => Object.values(item).map(operation => operation.responses ?? {}))]) {
  for (const response of Object.values(responses)) {
    if (!response.$ref) {
      response.description = '';
    }
  }
}

const stripped = { openapi: document.openapi, info: { title: 'Cumulocity', version: document.info.version }, security: document.security, paths, components };
writeFileSync(process.argv[3], JSON.stringify(stripped, null, 1) + '\n');
