// Starts Prism as a proxy that checks answers, and says in one line where it listens: its own line begins with the time.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const [document, upstream] = process.argv.slice(2);
const cli = fileURLToPath(new URL('node_modules/@stoplight/prism-cli/dist/index.js', import.meta.url));
const prism = spawn(process.execPath, [cli, 'proxy', document, upstream, '--port', '0', '--errors', '--validate-request=false']);
prism.on('exit', code => process.exit(code ?? 1));
prism.stderr.pipe(process.stderr);
createInterface(prism.stdout).on('line', line => {
  const found = /Prism is listening on (\S+)/.exec(line);
  console.log(found ? `listening ${found[1]}` : `> ${line}`);
});
