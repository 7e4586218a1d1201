// Somebody who is told what happens: keeps every message, checks signatures, answers as the test says.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Message {
  id: string;
  type: string;
  number: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

export class Receiver {
  readonly messages: Message[] = [];
  status = 204;

  private constructor(
    readonly url: string,
    private readonly listener: Server,
  ) {}

  static async start(): Promise<Receiver> {
    let receiver: Receiver | undefined;
    const listener = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString();
        const read = JSON.parse(body) as { type: string; data: { order?: { number: string } } };
        receiver?.messages.push({ id: String(request.headers['webhook-id']), type: read.type, number: read.data.order?.number, headers: request.headers, body });
        response.writeHead(receiver?.status ?? 500).end('as you say');
      });
    });
    await new Promise<void>((ready) => listener.listen(0, '127.0.0.1', ready));
    receiver = new Receiver(`http://127.0.0.1:${(listener.address() as AddressInfo).port}/hook`, listener);
    return receiver;
  }

  stop(): void {
    this.listener.close();
  }
}

/** Whether one of a message's signatures is of this secret. */
export function isSigned(message: Message, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${message.id}.${String(message.headers['webhook-timestamp'])}.${message.body}`;
  const wanted = createHmac('sha256', key).update(signed).digest();
  return String(message.headers['webhook-signature'])
    .split(' ')
    .map((signature) => Buffer.from(signature.replace(/^v1,/, ''), 'base64'))
    .some((signature) => signature.length === wanted.length && timingSafeEqual(signature, wanted));
}
