// The operations of the adapter of Node for signed requests and responses.
'use strict';

const { join } = require('node:path');

const package_ = join(__dirname, '../../../bindings-node');
const { Client, Keyset, SamebyteError, SigningKey } = require(package_);
const { Exchange, STEP } = require(join(package_, 'dist/http/exchange.js'));
const { native } = require(join(package_, 'dist/native.js'));
const { unwrap } = require(join(package_, 'dist/error.js'));
const { utf8 } = require(join(package_, 'dist/input.js'));

/** The options of a client by their names at the door. */
const OPTIONS = {
  aud: 'audience', iss: 'issuer', rsp: 'demandSignature', hdr: 'boundFields', ath: 'bindCredential', clock_skew: 'clockSkew',
  future_skew: 'futureSkew', max_body: 'maxBody', require_signed: 'requireSigned',
};

/** The operations, made of what the adapter reads its arguments with. */
module.exports = ({ bytes, optional, key }) => {
  const raw = (args, name) => Buffer.from(bytes(args, name));
  const latin1 = (text) => Buffer.from(text).toString('latin1');

  /** Calls `work` at that time: everything reads the clock through this one function. */
  const at = (now, work) => {
    const clock = Date.now;
    Date.now = () => now;
    try {
      return work();
    } finally {
      Date.now = clock;
    }
  };

  /** Names and values in turn. */
  const flat = (args, name) => {
    const text = utf8(bytes(args, name));
    const fields = unwrap(native.httpFields(text, text.length));
    return fields === '' ? [] : fields.split('\n');
  };
  const pairs = (fields) => Array.from({ length: fields.length / 2 }, (_, index) => fields.slice(2 * index, 2 * index + 2));

  const client = (args, responses) => {
    const options = Object.entries(args.options ?? {}).map(([name, value]) => [OPTIONS[name] ?? name, name === 'rsp' && value === 'sign' ? true : value]);
    return new Client(key(SigningKey, args.key), { ...Object.fromEntries(options), responses });
  };
  const sign = (args, signer) => {
    const { method, url, nonce, now } = args;
    const body = optional(args, 'body');
    return at(now, () => signer.sign({ method, url, headers: pairs(flat(args, 'fields')), body, nonce }));
  };

  /** The code of an answer that refuses. */
  const refusal = ({ fields }) => {
    const [, code] = fields.find(([name]) => name === 'x-signature-error') ?? [];
    if (code !== undefined) {
      throw new SamebyteError(code, 'the gateway refuses');
    }
  };

  const received = (args, signingKey) => {
    const { now, later = now, method, target, replay = 'new' } = args;
    const settings = utf8(bytes(args, 'settings'));
    const handle = signingKey === undefined ? undefined : unwrap(native.keyFromJwk(...signingKey));
    const gateway = unwrap(native.gatewayNew(settings, settings.length, handle, now));
    const head = { method: latin1(method), target: latin1(target), fields: flat(args, 'fields') };
    const begin = () => {
      const exchange = at(now, () => new Exchange(gateway, head));
      if (exchange.step !== STEP.keys) {
        return exchange;
      }
      if (unwrap(native.gatewayKeysDue(gateway, exchange.source, now)) === null) {
        throw new Error('keys are asked for that are not due');
      }
      unwrap(native.gatewayKeysPut(gateway, exchange.source, undefined, now));
      return begin();
    };
    const exchange = begin();
    const body = raw(args, 'body');
    at(later, () => {
      if (exchange.step === STEP.body) {
        body.length > exchange.limit ? exchange.refuse('body_too_large') : exchange.read(body);
      }
      if (exchange.step === STEP.reserve) {
        exchange.reserved(replay);
      }
    });
    if (exchange.step === STEP.reject) {
      refusal(exchange.answer());
    }
    return exchange;
  };

  return {
    http_target_normalize: ({ url }) => ({ normalized: unwrap(native.httpTargetNormalize(url)) }),
    http_settings: (args) => {
      const text = utf8(bytes(args, 'environment'));
      return { plan_utf8: unwrap(native.httpSettings(text, text.length)) };
    },
    replay_key: ({ tenant, signer, nonce, observed }) => ({ key_hex: native.replayKey(tenant, signer, nonce, observed === 'true') }),
    http_request_sign: (args) => {
      const { name, value, body } = sign(args, client(args));
      return { name, value, body_utf8: body?.toString() };
    },
    http_request_verify: (args) => {
      const exchange = received(args);
      if (exchange.step !== STEP.accept) {
        return { outcome: 'pass', body_utf8: raw(args, 'body').toString() };
      }
      const { identity, body } = exchange.verified();
      return { outcome: 'accept', identity_utf8: JSON.stringify(identity), body_utf8: body.toString() };
    },
    http_response_sign: (args) => {
      const jwk = utf8(JSON.stringify(key(SigningKey, args.signing_key).toJwk()));
      const exchange = received(args, [jwk, jwk.length, 0]);
      const { status, content_type: type, now } = args;
      const response = optional(args, 'response');
      const body = response === undefined ? undefined : Buffer.from(response);
      if (!exchange.signs) {
        return { status, body_utf8: (body ?? Buffer.alloc(0)).toString() };
      }
      const answer = at(now, () => exchange.respond(status, type, body));
      refusal(answer);
      const [, value] = answer.fields.find(([name]) => name === 'x-signature') ?? [];
      return { status: answer.status, value, body_utf8: answer.body.toString() };
    },
    http_response_verify: (args) => {
      const signed = sign(args, client(args, Keyset.fromJwks(bytes(args, 'jwks'))));
      const response = { status: args.status, headers: pairs(flat(args, 'response_fields')), body: raw(args, 'response') };
      const { body, report } = at(args.received, () => signed.verify(response));
      return { body_utf8: body.toString(), report_utf8: JSON.stringify(report) };
    },
  };
};
