// A shop of a test worker's own: server, database, sandboxes and demo data, gone when the worker ends.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** The server's program: `JUMUN_BIN`, or the development build's. */
const program = resolve(process.env.JUMUN_BIN ?? join(here, '../../target/debug/jumun'));

export interface Account {
  email: string;
  name: string;
  role: string;
  store: string | null;
}

/** What `demo.json` tells. */
interface Card {
  providers: string;
  password: string;
  accounts: Account[];
}

export class Server {
  private constructor(
    readonly base: string,
    readonly card: Card,
    private readonly child: ChildProcess,
    private readonly data: string,
    private readonly dropDatabase: () => void,
  ) {}

  static async start(flags: readonly string[] = []): Promise<Server> {
    if (!existsSync(program)) throw new Error(`${program} is not there; build it, or name it in JUMUN_BIN`);
    const data = mkdtempSync(join(tmpdir(), 'jumun-e2e-'));
    const { database, drop } = makeDatabase();
    const args = ['serve', '--demo', '--data', data, '--listen', '127.0.0.1:0', ...flags];
    if (database) args.push('--database', database);
    const log = join(data, 'server.log');
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', openSync(log, 'a')] });
    const base = await new Promise<string>((ready, failed) => {
      const told = () => (existsSync(log) ? readFileSync(log, 'utf8').slice(-2_000) : '');
      const late = setTimeout(() => failed(new Error(`the server was not ready after 60 s\n${told()}`)), 60_000);
      const ended = (code: number | null) => {
        clearTimeout(late);
        failed(new Error(`the server ended with ${code} before it was ready\n${told()}`));
      };
      child.once('exit', ended);
      child.once('error', failed);
      // Read to the end, or the server would block on a full pipe.
      createInterface({ input: child.stdout! }).on('line', (line) => {
        const found = /^listening on (http:\/\/\S+)$/.exec(line);
        if (!found) return;
        clearTimeout(late);
        child.off('exit', ended);
        ready(found[1]!);
      });
    });
    const card = JSON.parse(readFileSync(join(data, 'demo.json'), 'utf8')) as Card;
    return new Server(base, card, child, data, drop);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const ended = new Promise<void>((done) => this.child.once('exit', () => done()));
      this.child.kill('SIGTERM');
      const late = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
      await ended;
      clearTimeout(late);
    }
    if (this.child.exitCode !== 0) process.stderr.write(readFileSync(join(this.data, 'server.log'), 'utf8').slice(-4_000));
    rmSync(this.data, { recursive: true, force: true });
    this.dropDatabase();
    if (this.child.exitCode !== 0) throw new Error(`the server ended with ${this.child.exitCode ?? this.child.signalCode}`);
  }

  /** Moves the demo's clock, as an ISO 8601 duration; comes back once everything that fell due has been done. */
  async advance(duration: string): Promise<void> {
    const answer = await fetch(`${this.base}/demo/clock`, json('POST', { advance: duration }));
    if (!answer.ok) throw new Error(`the clock did not move by ${duration}: ${answer.status} ${await answer.text()}`);
  }

  /** Speaks to the providers' sandboxes. */
  async provider(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.card.providers}${path}`, body === undefined ? { method } : json(method, body));
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}

function json(method: string, body: unknown): RequestInit {
  return { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** A database on the PostgreSQL that `JUMUN_E2E_PG` names (without a database), else the server's own SQLite file. */
function makeDatabase(): { database?: string; drop: () => void } {
  const cluster = process.env.JUMUN_E2E_PG?.replace(/\/+$/, '');
  if (!cluster) return { drop: () => {} };
  const name = `jumun_e2e_${randomBytes(6).toString('hex')}`;
  const run = (sql: string) => execFileSync('psql', [`${cluster}/postgres`, '-v', 'ON_ERROR_STOP=1', '-qc', sql], { stdio: 'pipe' });
  run(`create database ${name} encoding 'UTF8' template template0`);
  return { database: `${cluster}/${name}`, drop: () => run(`drop database if exists ${name} with (force)`) };
}
